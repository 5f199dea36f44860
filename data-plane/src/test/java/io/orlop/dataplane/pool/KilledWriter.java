package io.orlop.dataplane.pool;

import io.orlop.disk.FileDisk;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;

/// Writes to a thick and a thin replica without ever flushing and says each write once it was acknowledged, until it
/// is killed. Where it writes what is drawn from a seed, so that its parent knows.
final class KilledWriter {
    static final ReplicaId THICK = new ReplicaId(new UUID(0, 1));
    static final ReplicaId THIN = new ReplicaId(new UUID(0, 2));
    static final long SIZE = 32 << 20;
    static final int BLOCK = 4096;

    record Write(ReplicaId replica, long offset, long value) {
        ByteBuffer content() {
            ByteBuffer content = ByteBuffer.allocate(BLOCK);
            while (content.hasRemaining()) content.putLong(value);
            return content.flip();
        }
    }

    /// The writes of a seed, one after the other.
    static final class Writes {
        private final Random random;
        private long count;

        Writes(long seed) {
            random = new Random(seed);
        }

        Write next() {
            return new Write(
                    random.nextBoolean() ? THICK : THIN, (long) random.nextInt((int) (SIZE / BLOCK)) * BLOCK, ++count);
        }
    }

    private KilledWriter() {}

    public static void main(String[] args) throws IOException {
        var store = new LogicalVolumeStore(Ambient.system());
        PoolOps pool = store.createOrImport("killed", null, 1 << 20, FileDisk.open(Path.of(args[0]), 512));
        pool.create(THICK, "thick", SIZE, false, ReplicaProperties.PRIVATE);
        pool.create(THIN, "thin", SIZE, true, ReplicaProperties.PRIVATE);
        Writes writes = new Writes(Long.parseLong(args[1]));
        while (true) {
            Write write = writes.next();
            pool.replica(write.replica()).orElseThrow().device().write(write.offset(), write.content());
            System.out.println(write.value());
        }
    }
}
