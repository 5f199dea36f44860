package io.orlop.store.bolt;

import java.io.IOException;
import java.nio.file.Path;

/// A database file is not as it was written; the message says which page, and what is wrong with it.
public final class DamagedDatabaseException extends IOException {
    DamagedDatabaseException(Path file, String what) {
        super(file + " is damaged: " + what);
    }

    DamagedDatabaseException(Path file, long page, String what) {
        this(file, "page " + page + ": " + what);
    }
}
