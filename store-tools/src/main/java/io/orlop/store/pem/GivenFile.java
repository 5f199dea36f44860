package io.orlop.store.pem;

import java.nio.file.Files;
import java.nio.file.Path;

/// A file that somebody named, looked at before anybody needs it: so that it can be said who named it.
public final class GivenFile {
    private GivenFile() {}

    /// @param by what named it, such as a flag
    /// @throws IllegalArgumentException if it cannot be read; the message says who named it, and what to do
    public static Path of(String by, String name) {
        Path file = Path.of(name);
        if (!Files.exists(file)) throw refused(by, "there is no file " + name);
        if (Files.isDirectory(file)) throw refused(by, name + " is a directory");
        if (!Files.isReadable(file)) throw refused(by, "this process may not read " + name);
        return file;
    }

    private static IllegalArgumentException refused(String by, String why) {
        return new IllegalArgumentException(by + ": " + why + "; give the path of a file that can be read here");
    }
}
