package io.orlop.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Names the page cache that a file or a device is seen through: it is another one after the system was started anew,
/// and after a device was unplugged, also if it is plugged in again under its former name.
final class PageCache {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private PageCache() {}

    /// Empty if the system does not say.
    static String of(Path path) {
        try {
            if (!Files.exists(BOOT)) return "";
            Path sequence =
                    Path.of("/sys/class/block", path.toRealPath().getFileName().toString(), "diskseq");
            String boot = Files.readString(BOOT).strip();
            if (Files.isRegularFile(path)) return boot;
            // An older kernel does not count its devices: then nobody can tell.
            return Files.exists(sequence)
                    ? boot + ":" + Files.readString(sequence).strip()
                    : "";
        } catch (IOException _) {
            return "";
        }
    }
}
