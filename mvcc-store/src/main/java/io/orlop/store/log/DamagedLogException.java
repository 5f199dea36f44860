package io.orlop.store.log;

import java.io.IOException;

/// The log lost something that was acknowledged. The store does not start on it.
public final class DamagedLogException extends IOException {
    DamagedLogException(String place, String segment, long offset, String what) {
        super("the log in " + place + " is damaged: segment " + segment + ", offset " + offset + ": " + what
                + ". Nothing was changed; restore the directory from a backup, or bring the file back as it was");
    }

    DamagedLogException(String place, String segment, long offset, String what, IOException cause) {
        this(place, segment, offset, what);
        initCause(cause);
    }
}
