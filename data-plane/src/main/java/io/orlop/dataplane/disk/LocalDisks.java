package io.orlop.dataplane.disk;

import io.orlop.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files and block devices of this machine (`aio://`), and memory (`malloc://`), which is empty each time it is opened.
public final class LocalDisks implements Disks {
    private static final int BLOCK_SIZE = 512;

    @Override
    public String canonical(String uri) {
        return checked(uri).toString();
    }

    @Override
    public Disk open(String uri) throws IOException {
        DiskUri disk = checked(uri);
        int blockSize = (int) disk.number("blk_size", BLOCK_SIZE);
        if (disk.scheme().equals("malloc")) {
            long blocks = disk.number("num_blocks", disk.number("size_mb", 0) * (1 << 20) / blockSize);
            if (blocks < 1) throw DiskUri.invalid(uri, "give its size as size_mb or num_blocks");
            return new MemoryDisk(blocks * blockSize, blockSize);
        }
        Path path = Path.of(disk.path());
        if (!Files.exists(path)) {
            throw new Refusal.NotFound(
                            "disk '%s' does not exist".formatted(uri), "make the file, or name an existing device")
                    .exception();
        }
        return FileDisk.open(path, blockSize);
    }

    private static DiskUri checked(String uri) {
        DiskUri disk = DiskUri.parse(uri);
        switch (disk.scheme()) {
            case "aio" -> disk.checkParameters("blk_size", "uuid");
            case "malloc" -> disk.checkParameters("blk_size", "num_blocks", "size_mb", "uuid");
            default ->
                throw new Refusal.Invalid(
                                "disk '%s' is of the unknown kind '%s'".formatted(uri, disk.scheme()),
                                "use aio:// for files and block devices, malloc:// for memory")
                        .exception();
        }
        long blockSize = disk.number("blk_size", BLOCK_SIZE);
        if (blockSize != 512 && blockSize != 4096) throw DiskUri.invalid(uri, "use a blk_size of 512 or 4096");
        return disk;
    }
}
