package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.Disk;
import io.orlop.disk.DiskFullException;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// A replica's blocks, cluster by cluster on the pool's disk.
///
/// Reading and writing hold the lock shared; giving clusters and pieces back holds it alone, because a cluster that a
/// reader has looked up must not belong to another replica before the reader is done.
///
/// Who writes to a piece for the first time fills the rest of it with zeroes, and keeps others who do the same from its
/// cluster meanwhile ([Turns]). Who finds a piece written needs neither.
final class LogicalVolume implements ReplicaOps {
    private final LogicalVolumePool pool;
    private final Volume volume;
    private final Geometry geometry;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Turns turns = new Turns();
    private final BlockDevice device = new Device();
    private @Nullable String gone;

    LogicalVolume(LogicalVolumePool pool, Volume volume) {
        this.pool = pool;
        this.volume = volume;
        this.geometry = pool.geometry();
    }

    @Override
    public ReplicaId uuid() {
        return new ReplicaId(volume.uuid);
    }

    @Override
    public String name() {
        return volume.name;
    }

    @Override
    public long size() {
        return clusters() * geometry.clusterSize();
    }

    @Override
    public boolean thin() {
        return volume.thin;
    }

    @Override
    public ReplicaProperties properties() {
        return volume.properties;
    }

    @Override
    public void describe(ReplicaProperties properties) throws IOException {
        if (!properties.equals(volume.properties)) pool.describe(volume, properties);
    }

    @Override
    public long clusters() {
        return volume.clusters.size();
    }

    @Override
    public long allocatedClusters() {
        return volume.clusters.allocatedCount();
    }

    @Override
    public BlockDevice device() {
        return device;
    }

    /// Lets nobody read or write any more; returns when those who do are done.
    void retire(String why) {
        lock.writeLock().lock();
        try {
            gone = why;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private int cluster(long offset) {
        return (int) (offset / geometry.clusterSize());
    }

    private long within(long offset) {
        return offset % geometry.clusterSize();
    }

    /// The part of a range that begins here and lies in one cluster, in bytes.
    private int part(long offset, long end) {
        return (int) Math.min(geometry.clusterSize() - within(offset), end - offset);
    }

    private Pieces pieces(long offset, int length) {
        return new Pieces(geometry.pieceSize(), within(offset), length);
    }

    private boolean allWritten(long offset, long end) {
        for (long at = offset; at < end; ) {
            int length = part(at, end);
            long touched = pieces(at, length).touched();
            if ((volume.clusters.written(cluster(at)) & touched) != touched) return false;
            at += length;
        }
        return true;
    }

    private void overwrite(long offset, ByteBuffer from) throws IOException {
        Disk disk = pool.disk();
        int limit = from.limit();
        long end = offset + from.remaining();
        for (long at = offset; at < end; ) {
            int length = part(at, end);
            from.limit(from.position() + length);
            disk.write(geometry.clusterOffset(volume.clusters.get(cluster(at))) + within(at), from);
            from.limit(limit);
            at += length;
        }
    }

    /// Data first, then the frame that says which pieces have some: see [MetadataLog].
    private void writeFirst(long offset, ByteBuffer from) throws IOException {
        long end = offset + from.remaining();
        int missing = 0;
        for (int own = cluster(offset); own <= cluster(end - 1); own++) {
            if (!volume.clusters.allocated(own)) missing++;
        }
        int[] reserved = pool.reserve(volume, missing);
        List<Change.Part> parts;
        try {
            parts = writeParts(offset, from, reserved);
        } catch (DiskFullException full) {
            pool.giveBack(reserved);
            throw new NoSpaceException(
                    "pool %s found no room on its disk: %s".formatted(pool.name(), full.getMessage()));
        } catch (IOException e) {
            pool.giveBack(reserved);
            throw e;
        }
        if (!parts.isEmpty()) pool.wrote(volume, parts);
    }

    private List<Change.Part> writeParts(long offset, ByteBuffer from, int[] reserved) throws IOException {
        Disk disk = pool.disk();
        int limit = from.limit();
        long end = offset + from.remaining();
        List<Change.Part> parts = new ArrayList<>();
        int next = 0;
        for (long at = offset; at < end; ) {
            int length = part(at, end);
            int own = cluster(at);
            int there = volume.clusters.get(own);
            int fresh = there >= 0 ? ClusterMap.UNALLOCATED : reserved[next++];
            long written = volume.clusters.written(own);
            Pieces pieces = pieces(at, length);
            long diskOffset = geometry.clusterOffset(there >= 0 ? there : fresh) + within(at);
            zero(disk, diskOffset - pieces.before(written), pieces.before(written));
            from.limit(from.position() + length);
            disk.write(diskOffset, from);
            from.limit(limit);
            zero(disk, diskOffset + length, pieces.after(written));
            long added = pieces.touched() & ~written;
            if (added != 0) parts.add(new Change.Part(own, fresh, added));
            at += length;
        }
        return parts;
    }

    private static void zero(Disk disk, long offset, long length) throws IOException {
        if (length > 0) disk.writeZeroes(offset, length);
    }

    private void readInto(long offset, ByteBuffer into) throws IOException {
        Disk disk = pool.disk();
        int limit = into.limit();
        long end = offset + into.remaining();
        for (long at = offset; at < end; ) {
            int length = part(at, end);
            int there = volume.clusters.get(cluster(at));
            long written = there < 0 ? 0 : volume.clusters.written(cluster(at));
            long touched = pieces(at, length).touched();
            if ((written & touched) == touched) {
                into.limit(into.position() + length);
                disk.read(geometry.clusterOffset(there) + within(at), into);
            } else {
                // To the end of this piece: the next one may be otherwise.
                length = (int) Math.min(length, geometry.pieceSize() - within(at) % geometry.pieceSize());
                into.limit(into.position() + length);
                if ((written & pieces(at, length).touched()) == 0) zeroes(into);
                else disk.read(geometry.clusterOffset(there) + within(at), into);
            }
            into.limit(limit);
            at += length;
        }
    }

    private static void zeroes(ByteBuffer into) {
        while (into.remaining() >= Long.BYTES) into.putLong(0);
        while (into.hasRemaining()) into.put((byte) 0);
    }

    /// Alone with the volume. What lies wholly in the range is as if it had never been written; what does not gets
    /// zeroes, where it was.
    private void zeroRange(long offset, long length) throws IOException {
        if (volume.thin) {
            int first = (int) Math.ceilDiv(offset, geometry.clusterSize());
            int behind = cluster(offset + length);
            if (first < behind) pool.release(volume, first, behind - first);
        }
        Disk disk = pool.disk();
        List<Change.Part> cleared = new ArrayList<>();
        long end = offset + length;
        for (long at = offset; at < end; at += part(at, end)) {
            int own = cluster(at);
            int there = volume.clusters.get(own);
            if (there < 0) continue;
            long written = volume.clusters.written(own);
            Pieces pieces = pieces(at, part(at, end));
            long covered = pieces.covered() & written;
            if (covered != 0) cleared.add(new Change.Part(own, ClusterMap.UNALLOCATED, covered));
            zeroEdges(disk, geometry.clusterOffset(there), pieces, written);
        }
        pool.clear(volume, cleared);
    }

    private static void zeroEdges(Disk disk, long clusterOffset, Pieces pieces, long written) throws IOException {
        long size = pieces.size();
        long end = pieces.from() + pieces.length();
        long partly = pieces.touched() & ~pieces.covered() & written;
        for (long rest = partly; rest != 0; rest &= rest - 1) {
            long begin = Long.numberOfTrailingZeros(rest) * size;
            long from = Math.max(begin, pieces.from());
            zero(disk, clusterOffset + from, Math.min(begin + size, end) - from);
        }
    }

    private final class Device implements BlockDevice {
        @Override
        public int blockSize() {
            return pool.blockSize();
        }

        @Override
        public long blocks() {
            return LogicalVolume.this.size() / blockSize();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            check(offset, into.remaining());
            lock.readLock().lock();
            try {
                checkThere();
                readInto(offset, into);
            } finally {
                lock.readLock().unlock();
            }
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            check(offset, from.remaining());
            if (!from.hasRemaining()) return;
            long end = offset + from.remaining();
            lock.readLock().lock();
            try {
                checkThere();
                if (allWritten(offset, end)) {
                    overwrite(offset, from);
                    return;
                }
                turns.take(cluster(offset), cluster(end - 1));
                try {
                    writeFirst(offset, from);
                } finally {
                    turns.end(cluster(offset), cluster(end - 1));
                }
            } finally {
                lock.readLock().unlock();
            }
        }

        @Override
        public void flush() throws IOException {
            lock.readLock().lock();
            try {
                checkThere();
                pool.commit();
            } finally {
                lock.readLock().unlock();
            }
        }

        /// A thin volume reads as zeroes afterwards, a thick one as before: never a mixture that depends on where
        /// clusters begin, because another copy's may begin elsewhere.
        @Override
        public void unmap(long offset, long length) throws IOException {
            if (volume.thin) writeZeroes(offset, length);
            else check(offset, length);
        }

        @Override
        public void writeZeroes(long offset, long length) throws IOException {
            check(offset, length);
            if (length == 0) return;
            lock.writeLock().lock();
            try {
                checkThere();
                zeroRange(offset, length);
            } finally {
                lock.writeLock().unlock();
            }
        }

        /// Its pool was let go, or read anew from its disk: then it is to be had again.
        @Override
        public boolean lost() {
            lock.readLock().lock();
            try {
                return gone != null;
            } finally {
                lock.readLock().unlock();
            }
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "replica " + volume.name;
        }

        private void checkThere() throws IOException {
            if (gone != null) throw new IOException(gone);
        }

        private void check(long offset, long length) {
            if (offset < 0
                    || length < 0
                    || length > size() - offset
                    || offset % blockSize() != 0
                    || length % blockSize() != 0) {
                throw new IllegalArgumentException("%d bytes at %d of %s, which has %d blocks of %d"
                        .formatted(length, offset, this, blocks(), blockSize()));
            }
        }
    }
}
