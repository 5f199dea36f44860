package io.orlop.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How large a block device is, as the kernel says it: a device file itself claims to be empty.
public final class DeviceSize {
    /// The kernel counts in these, whatever the device's own block size.
    private static final int KERNEL_SECTOR = 512;

    private DeviceSize() {}

    public static long of(Path device) throws IOException {
        Path sectors =
                Path.of("/sys/class/block", device.toRealPath().getFileName().toString(), "size");
        if (!Files.exists(sectors)) return 0;
        return Long.parseLong(Files.readString(sectors).strip()) * KERNEL_SECTOR;
    }
}
