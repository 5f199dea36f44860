package io.orlop.etcd;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Programs of the machine that a test wants to talk to.
public final class Program {
    private Program() {}

    /// Where it is. Without it the test that asks is skipped and says what is missing; with `ORLOP_CI=1` it fails.
    ///
    /// @param debianPackage what would bring it
    public static Path required(String name, String debianPackage) {
        return onPath(name)
                .orElseGet(() -> missing("no " + name + " on the PATH: install Debian's package " + debianPackage));
    }

    static <T> T missing(String what) {
        if ("1".equals(System.getenv("ORLOP_CI"))) return Assertions.fail(what);
        return Assumptions.abort(what);
    }

    static Optional<Path> onPath(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, name);
            if (Files.isExecutable(candidate)) return Optional.of(candidate);
        }
        return Optional.empty();
    }
}
