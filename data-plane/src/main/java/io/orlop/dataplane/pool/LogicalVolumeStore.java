package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import io.orlop.disk.UnforgivingDisk;
import io.orlop.model.Bytes;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Pools in our own format, on one disk each.
public final class LogicalVolumeStore implements PoolFactory {
    private static final Logger LOG = System.getLogger(LogicalVolumeStore.class.getName());

    public static final Bytes DEFAULT_CLUSTER_SIZE = Bytes.mib(4);
    private static final long MIB = 1 << 20;
    private static final long CLUSTER_SIZE_MAX = 1L << 30;
    private static final int NAME_BYTES_MAX = 255;

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
    public PoolOps createOrImport(String name, @Nullable PoolUuid uuid, long clusterSize, Disk given)
            throws IOException {
        UnforgivingDisk disk = new UnforgivingDisk(given);
        return closingOnFailure(disk, () -> switch (DiskContent.of(disk)) {
            case DiskContent.OfPool pool -> open(name, uuid, pool, disk);
            case DiskContent.Blank() -> create(name, uuid, clusterSize, disk);
            case DiskContent.OfFormerPool(PoolHeader header) -> throw former(header, disk);
            case DiskContent.Foreign(String what) -> throw foreign(name, disk, what);
        });
    }

    @Override
    public PoolOps load(String name, @Nullable PoolUuid uuid, Disk given) throws IOException {
        UnforgivingDisk disk = new UnforgivingDisk(given);
        return closingOnFailure(disk, () -> switch (DiskContent.of(disk)) {
            case DiskContent.OfPool pool -> open(name, uuid, pool, disk);
            case DiskContent.Blank() ->
                throw new Refusal.Invalid(
                                "disk '%s' carries no pool".formatted(disk),
                                "create pool '%s' on it, or name the disk it is on".formatted(name))
                        .exception();
            case DiskContent.OfFormerPool(PoolHeader header) -> throw former(header, disk);
            case DiskContent.Foreign(String what) -> throw foreign(name, disk, what);
        });
    }

    private static RuntimeException former(PoolHeader header, Disk disk) {
        return new Refusal.Invalid(
                        "disk '%s' carries pool '%s' in Orlop's former format, which is not read any more"
                                .formatted(disk, header.name()),
                        "make a pool on another disk and let the volumes be rebuilt onto it; then this one can be wiped"
                                + " (./orlop agent wipe '%s'); it was left as it is".formatted(disk))
                .exception();
    }

    private PoolOps open(String name, @Nullable PoolUuid uuid, DiskContent.OfPool found, UnforgivingDisk disk)
            throws IOException {
        SuperBlock block = found.block();
        if (!block.name().equals(name)) {
            throw new Refusal.Invalid(
                            "disk '%s' carries pool '%s', not '%s'".formatted(disk, block.name(), name),
                            "import it under its own name, or give another disk; its content was left as it is")
                    .exception();
        }
        if (uuid != null && !uuid.uuid().equals(block.uuid())) {
            throw new Refusal.Invalid(
                            "pool '%s' on disk '%s' is %s, not %s".formatted(name, disk, block.uuid(), uuid),
                            "give its own uuid or none, or another disk; its content was left as it is")
                    .exception();
        }
        if (!block.compatibility().writable()) {
            throw new Refusal.Invalid(
                            "pool '%s' on disk '%s' was written by a later version and has what this one does not know"
                                    .formatted(name, disk),
                            "import it with that version; its content was left as it is")
                    .exception();
        }
        if (block.geometry().diskSize() > disk.size()) {
            throw new Refusal.Invalid(
                            "disk '%s' has %d bytes, pool '%s' on it needs %d"
                                    .formatted(
                                            disk,
                                            disk.size(),
                                            name,
                                            block.geometry().diskSize()),
                            "give the disk its former size again: the end of the pool is missing")
                    .exception();
        }
        if (block.blockSize() != disk.blockSize()) {
            throw new Refusal.Invalid(
                            "pool '%s' on disk '%s' has blocks of %d bytes, not of %d"
                                    .formatted(name, disk, block.blockSize(), disk.blockSize()),
                            "give the disk its former block size (blk_size) again")
                    .exception();
        }
        found.complaint()
                .ifPresent(what ->
                        LOG.log(Level.WARNING, "pool {0} on {1}: {2}; the other is written anew", name, disk, what));
        try {
            // Before the checkpoint that an import begins with: what only an older one points to is not kept for it.
            if (found.complaint().isPresent()) SuperBlocks.mend(disk, block);
            return new LogicalVolumePool(disk, Metadata.open(disk, block), found.damaged(), faulted);
        } catch (IOException e) {
            throw new IOException(
                    "pool %s on disk '%s' cannot be imported: %s".formatted(name, disk, e.getMessage()), e);
        }
    }

    private PoolOps create(String name, @Nullable PoolUuid uuid, long clusterSize, UnforgivingDisk disk)
            throws IOException {
        if (clusterSize < MIB || clusterSize > CLUSTER_SIZE_MAX || clusterSize % MIB != 0) {
            throw new Refusal.Invalid(
                            "a cluster size of %d bytes for pool '%s'".formatted(clusterSize, name),
                            "give a multiple of 1 MiB, at most 1 GiB; 4 MiB is usual")
                    .exception();
        }
        if (disk.size() / clusterSize > Geometry.CLUSTERS_MAX) {
            throw new Refusal.Invalid(
                            "disk '%s' of %s is too large for pool '%s'".formatted(disk, Bytes.of(disk.size()), name),
                            "give at most %s, or divide it".formatted(Bytes.of(Geometry.CLUSTERS_MAX * clusterSize)))
                    .exception();
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            throw new Refusal.Invalid(
                            "the name of pool '%s' is too long".formatted(name),
                            "choose one of at most %d bytes".formatted(NAME_BYTES_MAX))
                    .exception();
        }
        Geometry geometry = Geometry.layOut(clusterSize, disk.size());
        if (geometry.clusters() < 1) {
            throw new Refusal.Invalid(
                            "disk '%s' of %s is too small for pool '%s'".formatted(disk, Bytes.of(disk.size()), name),
                            "give at least " + Bytes.of(geometry.dataOffset() + clusterSize + MIB))
                    .exception();
        }
        return format(name, uuid == null ? randomUuid() : uuid.uuid(), geometry, disk);
    }

    /// The super blocks come last: until one is there, the disk is blank.
    private PoolOps format(String name, UUID uuid, Geometry geometry, UnforgivingDisk disk) throws IOException {
        SuperBlock before = new SuperBlock(
                Compatibility.NONE,
                uuid,
                randomUuid(),
                0,
                geometry,
                disk.blockSize(),
                Pointer.NONE,
                0,
                disk.cache(),
                name);
        Erasure.begin(disk);
        Metadata.takeRoom(disk, Geometry.PAGE, geometry.dataOffset() - Geometry.PAGE);
        return new LogicalVolumePool(disk, Metadata.create(disk, before), false, faulted);
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
