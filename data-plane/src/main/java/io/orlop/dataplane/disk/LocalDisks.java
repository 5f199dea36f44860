package io.orlop.dataplane.disk;

import io.orlop.disk.DeviceSize;
import io.orlop.disk.Disk;
import io.orlop.disk.DiskInUseException;
import io.orlop.disk.FileDisk;
import io.orlop.disk.MemoryDisk;
import io.orlop.model.Bytes;
import io.orlop.model.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Files and block devices of this machine (`aio://`), and memory (`malloc://`), which is empty each time it is opened
/// and of which the process has only so much ([HeapShare]).
public final class LocalDisks implements Disks {
    private static final int BLOCK_SIZE = 512;
    private static final long MIB = 1 << 20;

    private final HeapShare memory;

    public LocalDisks() {
        this(HeapShare.OF_PROCESS);
    }

    LocalDisks(HeapShare memory) {
        this.memory = memory;
    }

    @Override
    public String canonical(String uri) {
        return checked(uri).toString();
    }

    @Override
    public Disk open(String uri) throws IOException {
        DiskUri disk = checked(uri);
        int blockSize = (int) disk.number("blk_size", BLOCK_SIZE);
        if (disk.scheme().equals("malloc")) return memoryDisk(disk, blockSize);
        return fileDisk(disk, blockSize);
    }

    private static FileDisk fileDisk(DiskUri disk, int blockSize) throws IOException {
        Path path = pathOf(disk);
        if (!Files.exists(path)) {
            throw new Refusal.NotFound(
                            "disk '%s' does not exist".formatted(disk), "make the file, or name an existing device")
                    .exception();
        }
        if (!Files.isRegularFile(path) && DeviceSize.of(path) == 0) {
            throw new Refusal.Invalid(
                            "disk '%s' is %s"
                                    .formatted(
                                            disk,
                                            Files.isDirectory(path)
                                                    ? "a directory"
                                                    : "neither a file nor a block device that holds anything"),
                            "name a file or a block device")
                    .exception();
        }
        try {
            return FileDisk.open(path, blockSize);
        } catch (DiskInUseException _) {
            throw new Refusal.FailedPrecondition(
                            "disk '%s' is in use by another pool or process, or mounted".formatted(disk),
                            "give another disk, or end what uses this one")
                    .exception();
        } catch (AccessDeniedException _) {
            throw new Refusal.FailedPrecondition(
                            "this process may not read and write disk '%s'".formatted(disk),
                            "let the user it runs as do so, or give another disk")
                    .exception();
        }
    }

    private static Path pathOf(DiskUri disk) {
        try {
            return Path.of(disk.path());
        } catch (InvalidPathException _) {
            throw DiskUri.invalid(disk.toString(), "give a path that the file system knows");
        }
    }

    private MemoryDisk memoryDisk(DiskUri disk, int blockSize) {
        boolean counted = disk.parameters().containsKey("num_blocks");
        long unit = counted ? blockSize : MIB;
        long units = disk.number(counted ? "num_blocks" : "size_mb", 0);
        if (units < 1) throw DiskUri.invalid(disk.toString(), "give its size as size_mb or num_blocks");
        // Divided, since a product could be more than a number holds.
        if (units > memory.size() / unit) {
            throw new Refusal.Invalid(
                            "disk '%s' is larger than the %s of memory that this process has for disks"
                                    .formatted(disk, Bytes.of(memory.size())),
                            "ask for less, give the process a larger heap (-Xmx), or use a file")
                    .exception();
        }
        long size = units * unit;
        if (!memory.take(size)) {
            throw new Refusal.OutOfCapacity(
                            "disk '%s' is too large: of the %s of memory that this process has for disks, %s are left"
                                    .formatted(disk, Bytes.of(memory.size()), Bytes.of(memory.left())),
                            "destroy a pool in memory, ask for less, give the process a larger heap (-Xmx), or use a"
                                    + " file")
                    .exception();
        }
        return new MemoryDisk(disk.toString(), size, blockSize, () -> memory.giveBack(size));
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
