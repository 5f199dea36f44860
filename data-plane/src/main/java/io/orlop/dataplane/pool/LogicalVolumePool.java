package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.Disk;
import io.orlop.disk.UnforgivingDisk;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An open pool: gives clusters to volumes and takes them back, and writes each change of metadata down before it
/// counts
/// ([Metadata]).
///
/// After a force that failed nobody knows what is on the medium: the pool is faulted and writes nothing more, so that
/// no later force can claim success. Importing it again shows what is there.
final class LogicalVolumePool implements PoolOps {
    private final UnforgivingDisk disk;
    private final Metadata metadata;
    private final Catalogue catalogue;
    private final TreeMap<ReplicaId, LogicalVolume> volumes = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable onFault;
    private final AtomicLong changes = new AtomicLong();
    private final boolean scarred;
    private volatile @Nullable IOException fault;

    /// @param scarred whether its disk has lost something that could be made good
    LogicalVolumePool(UnforgivingDisk disk, Metadata metadata, boolean scarred, Runnable onFault) {
        this.onFault = onFault;
        this.scarred = scarred;
        this.disk = disk;
        this.metadata = metadata;
        this.catalogue = metadata.catalogue();
        for (Volume volume : catalogue.volumes.values()) {
            volumes.put(new ReplicaId(volume.uuid), new LogicalVolume(this, volume));
        }
    }

    @Override
    public String name() {
        return metadata.block().name();
    }

    @Override
    public PoolUuid uuid() {
        return new PoolUuid(metadata.block().uuid());
    }

    @Override
    public long clusterSize() {
        return geometry().clusterSize();
    }

    Geometry geometry() {
        return metadata.geometry();
    }

    @Override
    public long capacity() {
        lock.lock();
        try {
            return catalogue.capacity() * clusterSize();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long used() {
        lock.lock();
        try {
            return catalogue.used() * clusterSize();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long changes() {
        return changes.get();
    }

    @Override
    public long committed() {
        return replicas().stream().mapToLong(ReplicaOps::size).sum();
    }

    @Override
    public PoolStatus status() {
        if (fault != null) return PoolStatus.FAULTED;
        return scarred ? PoolStatus.DEGRADED : PoolStatus.ONLINE;
    }

    @Override
    public List<ReplicaOps> replicas() {
        lock.lock();
        try {
            return List.copyOf(volumes.values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ReplicaOps create(ReplicaId uuid, String name, long size, boolean thin, ReplicaProperties properties)
            throws IOException {
        lock.lock();
        try {
            limits().checkSize(name, size, thin);
            int clusters = Math.toIntExact(Math.ceilDiv(size, clusterSize()));
            var described = new Fact.OfVolume(uuid.uuid(), name, thin, clusters, properties);
            limits().checkLength(described);
            int[] chosen = thin ? new int[0] : choose(clusters, name);
            if (thin) makeRoom(1, 0, name);
            change(new Change.Created(described, metadata.birth(), runs(chosen)));
            commit();
            LogicalVolume replica = new LogicalVolume(this, catalogue.volume(uuid.uuid()));
            volumes.put(uuid, replica);
            return replica;
        } finally {
            lock.unlock();
        }
    }

    private int[] choose(int clusters, String name) throws IOException {
        makeRoom(1, clusters, name);
        if (clusters > catalogue.available()) commit();
        return catalogue.choose(clusters);
    }

    private void makeRoom(int volumes, int clusters, String name) throws IOException {
        disk();
        try {
            metadata.makeRoomFor(volumes, clusters);
        } catch (NoSpaceException e) {
            throw new Refusal.OutOfCapacity(
                            "pool '%s' has no room for the description of replica '%s': %s"
                                    .formatted(name(), name, e.getMessage()),
                            "use another pool, or give clusters back: destroy a replica, or unmap what a thin one has")
                    .exception();
        } catch (IOException e) {
            throw faulted(e);
        }
    }

    private ReplicaLimits limits() {
        long clusterSize = clusterSize();
        return new ReplicaLimits(name(), clusterSize, catalogue.free(), catalogue.capacity());
    }

    private static List<Change.Run> runs(int[] chosen) {
        List<Change.Run> runs = new ArrayList<>();
        for (int own = 0; own < chosen.length; ) {
            int count = 1;
            while (own + count < chosen.length && chosen[own + count] == chosen[own] + count) count++;
            runs.add(new Change.Run(own, chosen[own], count));
            own += count;
        }
        return runs;
    }

    @Override
    public void destroy(ReplicaId uuid) throws IOException {
        LogicalVolume replica;
        lock.lock();
        try {
            replica = volumes.get(uuid);
            if (replica == null) {
                throw new Refusal.NotFound(
                                "replica %s is not in pool '%s'".formatted(uuid, name()), "list the pool's replicas")
                        .exception();
            }
        } finally {
            lock.unlock();
        }
        // Outside the lock: whoever writes holds the replica first and the pool second.
        replica.retire("replica " + uuid + " was destroyed");
        lock.lock();
        try {
            if (!volumes.containsKey(uuid)) return;
            change(new Change.Destroyed(uuid.uuid()));
            commit();
            volumes.remove(uuid);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void destroy() throws IOException {
        retireAll("pool " + name() + " was destroyed");
        // What a force has failed to write before is overwritten.
        Erasure.of(disk.disk());
        disk.close();
    }

    @Override
    public void close() throws IOException {
        retireAll("pool " + name() + " was exported");
        try {
            if (fault == null) commit();
        } finally {
            disk.close();
        }
    }

    @Override
    public void abandon() {
        fault = new IOException("abandoned");
        try {
            disk.close();
        } catch (IOException _) {
            // nobody is left to care
        }
    }

    private void retireAll(String why) {
        for (LogicalVolume volume : volumesNow()) volume.retire(why);
    }

    private List<LogicalVolume> volumesNow() {
        lock.lock();
        try {
            return List.copyOf(volumes.values());
        } finally {
            lock.unlock();
        }
    }

    /// Never refused for want of room: it has its room from the beginning.
    void describe(Volume volume, ReplicaProperties properties) throws IOException {
        var described = Fact.OfVolume.of(volume);
        lock.lock();
        try {
            limits().checkLength(new Fact.OfVolume(
                    described.uuid(), described.name(), described.thin(), described.clusters(), properties));
            change(new Change.Described(volume.uuid, properties));
            commit();
        } finally {
            lock.unlock();
        }
    }

    /// Clusters for somebody who is about to write to them, and says so ([#wrote]) or gives them back.
    int[] reserve(Volume volume, int count) throws IOException {
        if (count == 0) return new int[0];
        lock.lock();
        try {
            disk();
            if (count > catalogue.free()) {
                throw new NoSpaceException("pool %s is full: %d clusters are free, replica %s needs %d more"
                        .formatted(name(), catalogue.free(), volume.uuid, count));
            }
            metadata.makeRoomFor(0, count);
            if (count > catalogue.available()) commit();
            return catalogue.choose(count);
        } catch (NoSpaceException full) {
            throw full;
        } catch (IOException e) {
            throw faulted(e);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(int[] reserved) {
        lock.lock();
        try {
            catalogue.giveBack(reserved);
        } finally {
            lock.unlock();
        }
    }

    /// Pieces hold something for the first time: their data was written.
    void wrote(Volume volume, List<Change.Part> parts) throws IOException {
        lock.lock();
        try {
            change(new Change.Wrote(volume.uuid, metadata.birth(), parts));
        } finally {
            lock.unlock();
        }
    }

    /// Pieces read as zeroes again. The caller keeps everybody else away from them.
    void clear(Volume volume, List<Change.Part> parts) throws IOException {
        if (parts.isEmpty()) return;
        lock.lock();
        try {
            change(new Change.Cleared(volume.uuid, parts));
        } finally {
            lock.unlock();
        }
    }

    /// Takes the clusters of the range back. The caller keeps everybody else away from them.
    void release(Volume volume, int first, int count) throws IOException {
        lock.lock();
        try {
            if (volume.clusters.nextAllocated(first) >= first + count) return;
            change(new Change.Released(volume.uuid, first, count));
        } finally {
            lock.unlock();
        }
    }

    Disk disk() throws IOException {
        IOException why = fault;
        if (why != null) throw new IOException("pool " + name() + " is faulted, import it again", why);
        return disk;
    }

    /// Makes durable, and provably so, what was written before: data and metadata.
    void commit() throws IOException {
        try {
            disk();
            MetadataLog.Mark mark;
            lock.lock();
            try {
                mark = metadata.mark();
            } finally {
                lock.unlock();
            }
            disk.force();
            if (mark.settled()) return;
            lock.lock();
            try {
                metadata.seal(mark);
            } finally {
                lock.unlock();
            }
            disk.force();
            lock.lock();
            try {
                metadata.settle(mark);
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            throw faulted(e);
        }
    }

    /// The log first, memory second. A change that is half written is as good as none: the pool stops.
    private void change(Change change) throws IOException {
        disk();
        int before = catalogue.used();
        try {
            metadata.write(change);
        } catch (IOException e) {
            throw faulted(e);
        }
        boolean onlyContent = change instanceof Change.Wrote || change instanceof Change.Cleared;
        if (!onlyContent || catalogue.used() != before) changes.incrementAndGet();
    }

    private IOException faulted(IOException cause) {
        lock.lock();
        try {
            if (fault != null) return cause;
            fault = cause;
            metadata.doubt();
        } finally {
            lock.unlock();
        }
        onFault.run();
        return cause;
    }

    int blockSize() {
        return disk.blockSize();
    }
}
