package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import io.orlop.model.Bytes;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Pools in our own format, on one disk each.
public final class LogicalVolumeStore implements PoolFactory {
    public static final Bytes DEFAULT_CLUSTER_SIZE = Bytes.mib(4);
    private static final long MIB = 1 << 20;
    private static final long CLUSTER_SIZE_MAX = 1L << 30;

    private final Ambient ambient;
    private final Runnable faulted;

    public LogicalVolumeStore(Ambient ambient) {
        this(ambient, () -> {});
    }

    /// @param faulted called when a pool has become faulted
    public LogicalVolumeStore(Ambient ambient, Runnable faulted) {
        this.ambient = ambient;
        this.faulted = faulted;
    }

    @Override
    public PoolOps createOrImport(String name, @Nullable PoolUuid uuid, long clusterSize, Disk disk)
            throws IOException {
        return closingOnFailure(disk, () -> switch (DiskContent.of(disk)) {
            case DiskContent.OfPool(PoolHeader header) -> open(name, uuid, header, disk);
            case DiskContent.Blank() -> create(name, uuid, clusterSize, disk);
            case DiskContent.Foreign(String what) -> throw foreign(name, disk, what);
        });
    }

    @Override
    public PoolOps load(String name, @Nullable PoolUuid uuid, Disk disk) throws IOException {
        return closingOnFailure(disk, () -> switch (DiskContent.of(disk)) {
            case DiskContent.OfPool(PoolHeader header) -> open(name, uuid, header, disk);
            case DiskContent.Blank() ->
                throw new Refusal.Invalid(
                                "disk '%s' carries no pool".formatted(disk),
                                "create pool '%s' on it, or name the disk it is on".formatted(name))
                        .exception();
            case DiskContent.Foreign(String what) -> throw foreign(name, disk, what);
        });
    }

    private PoolOps open(String name, @Nullable PoolUuid uuid, PoolHeader header, Disk disk) throws IOException {
        if (!header.name().equals(name)) {
            throw new Refusal.Invalid(
                            "disk '%s' carries pool '%s', not '%s'".formatted(disk, header.name(), name),
                            "import it under its own name, or give another disk; its content was left as it is")
                    .exception();
        }
        if (uuid != null && !uuid.uuid().equals(header.uuid())) {
            throw new Refusal.Invalid(
                            "pool '%s' on disk '%s' is %s, not %s".formatted(name, disk, header.uuid(), uuid),
                            "give its own uuid or none, or another disk; its content was left as it is")
                    .exception();
        }
        if (header.clusterOffset(header.clusters()) > disk.size()) {
            throw new Refusal.Invalid(
                            "disk '%s' has %d bytes, pool '%s' on it needs %d"
                                    .formatted(disk, disk.size(), name, header.clusterOffset(header.clusters())),
                            "give the disk its former size again: the end of the pool is missing")
                    .exception();
        }
        return LogicalVolumePool.open(disk, header, faulted);
    }

    private PoolOps create(String name, @Nullable PoolUuid uuid, long clusterSize, Disk disk) throws IOException {
        if (clusterSize < MIB || clusterSize > CLUSTER_SIZE_MAX || clusterSize % MIB != 0) {
            throw new Refusal.Invalid(
                            "a cluster size of %d bytes for pool '%s'".formatted(clusterSize, name),
                            "give a multiple of 1 MiB, at most 1 GiB; 4 MiB is usual")
                    .exception();
        }
        if (disk.size() / clusterSize > PoolHeader.CLUSTERS_MAX) {
            throw new Refusal.Invalid(
                            "disk '%s' of %s is too large for pool '%s'".formatted(disk, Bytes.of(disk.size()), name),
                            "give at most %s, or divide it".formatted(Bytes.of(PoolHeader.CLUSTERS_MAX * clusterSize)))
                    .exception();
        }
        PoolHeader header =
                PoolHeader.layOut(name, uuid == null ? randomUuid() : uuid.uuid(), clusterSize, disk.size());
        if (header.clusters() < 1) {
            throw new Refusal.Invalid(
                            "disk '%s' of %s is too small for pool '%s'".formatted(disk, Bytes.of(disk.size()), name),
                            "give at least " + Bytes.of(header.dataOffset() + clusterSize))
                    .exception();
        }
        return format(disk, header, faulted);
    }

    /// The header comes last: until it is there, the disk is blank. A file's room for the journal is taken first: where
    /// it is full later, the pool can still write down what it does.
    static PoolOps format(Disk disk, PoolHeader header, Runnable faulted) throws IOException {
        Erasure.begin(disk);
        if (!disk.discards()) disk.writeZeroes(header.areaOffset(0), 2 * header.areaBytes());
        LogicalVolumePool pool = LogicalVolumePool.create(disk, header, faulted);
        disk.write(0, header.encode());
        disk.force();
        return pool;
    }

    private UUID randomUuid() {
        var random = ambient.random();
        return new UUID(
                random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L,
                random.nextLong() & 0x3fff_ffff_ffff_ffffL | Long.MIN_VALUE);
    }

    private static RuntimeException foreign(String name, Disk disk, String what) {
        return new Refusal.Invalid(
                        "disk '%s' for pool '%s' carries %s".formatted(disk, name, what),
                        "give another disk, or if nobody needs what is there: ./orlop agent wipe '%s' --erase \"%s\";"
                                        .formatted(disk, what)
                                + " it was left as it is")
                .exception();
    }

    private interface Opening {
        PoolOps run() throws IOException;
    }

    private static PoolOps closingOnFailure(Disk disk, Opening opening) throws IOException {
        boolean opened = false;
        try {
            PoolOps pool = opening.run();
            opened = true;
            return pool;
        } finally {
            if (!opened) disk.close();
        }
    }
}
