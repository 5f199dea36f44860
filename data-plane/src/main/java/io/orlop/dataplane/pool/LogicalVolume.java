package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.disk.Disk;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// A replica's blocks, cluster by cluster on the pool's disk.
///
/// Reading and writing hold the lock shared; giving clusters back holds it alone, because a cluster that a reader has
/// looked up must not belong to another replica before the reader is done.
final class LogicalVolume implements ReplicaOps {
    private final LogicalVolumePool pool;
    private final Volume volume;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final BlockDevice device = new Device();
    private @Nullable String gone;

    LogicalVolume(LogicalVolumePool pool, Volume volume) {
        this.pool = pool;
        this.volume = volume;
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
        return clusters() * pool.clusterSize();
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

    /// Zeroes the head of a thick volume that nobody else knows yet.
    void wipe(long length) throws IOException {
        eachPiece(0, length, (disk, offset, _, part) -> {
            if (disk.discards()) disk.discard(offset, part);
            else disk.writeZeroes(offset, part);
        });
    }

    void discardAll() throws IOException {
        eachPiece(0, size(), (disk, offset, _, part) -> disk.discard(offset, part));
    }

    private interface Piece {
        void at(Disk disk, long diskOffset, long ownOffset, int length) throws IOException;
    }

    /// Calls the action for each part of the range that lies in one allocated cluster.
    private void eachPiece(long offset, long length, Piece action) throws IOException {
        for (long at = offset; at < offset + length; ) {
            int cluster = (int) (at / pool.clusterSize());
            long within = at % pool.clusterSize();
            int part = (int) Math.min(pool.clusterSize() - within, offset + length - at);
            int onDisk = volume.clusters.get(cluster);
            if (onDisk >= 0) action.at(pool.disk(), pool.clusterOffset(onDisk) + within, at, part);
            at += part;
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
            int start = into.position();
            int end = into.limit();
            lock.readLock().lock();
            try {
                checkThere();
                long[] read = {offset};
                eachPiece(offset, end - start, (disk, diskOffset, ownOffset, length) -> {
                    zeroes(into, start + (int) (read[0] - offset), start + (int) (ownOffset - offset));
                    into.limit(start + (int) (ownOffset - offset) + length);
                    disk.read(diskOffset, into);
                    read[0] = ownOffset + length;
                });
                into.limit(end);
                zeroes(into, start + (int) (read[0] - offset), end);
            } finally {
                into.limit(end);
                lock.readLock().unlock();
            }
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            check(offset, from.remaining());
            if (!from.hasRemaining()) return;
            int start = from.position();
            int end = from.limit();
            lock.readLock().lock();
            try {
                checkThere();
                if (volume.thin) pool.allocate(volume, cluster(offset), cluster(offset + end - start - 1));
                eachPiece(offset, end - start, (disk, diskOffset, ownOffset, length) -> {
                    from.limit(start + (int) (ownOffset - offset) + length);
                    disk.write(diskOffset, from);
                });
            } finally {
                from.limit(end);
                lock.readLock().unlock();
            }
        }

        @Override
        public void flush() throws IOException {
            lock.readLock().lock();
            try {
                checkThere();
                pool.force();
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
            lock.writeLock().lock();
            try {
                checkThere();
                if (volume.thin) releaseWhole(offset, length);
                eachPiece(offset, length, (disk, diskOffset, _, part) -> disk.writeZeroes(diskOffset, part));
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

        private void releaseWhole(long offset, long length) throws IOException {
            int first = (int) Math.ceilDiv(offset, pool.clusterSize());
            int end = (int) ((offset + length) / pool.clusterSize());
            if (first < end) pool.release(volume, first, end - first);
        }

        private int cluster(long offset) {
            return (int) (offset / pool.clusterSize());
        }

        private void checkThere() throws IOException {
            if (gone != null) throw new IOException(gone);
        }

        private void check(long offset, long length) {
            if (offset < 0
                    || length < 0
                    || offset + length > size()
                    || offset % blockSize() != 0
                    || length % blockSize() != 0) {
                throw new IllegalArgumentException("%d bytes at %d of %s, which has %d blocks of %d"
                        .formatted(length, offset, this, blocks(), blockSize()));
            }
        }

        private static void zeroes(ByteBuffer into, int from, int to) {
            into.limit(to);
            into.position(from);
            while (into.remaining() >= Long.BYTES) into.putLong(0);
            while (into.hasRemaining()) into.put((byte) 0);
        }
    }
}
