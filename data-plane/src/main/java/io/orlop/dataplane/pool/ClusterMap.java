package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/// Where each of a volume's clusters lies on the disk, which of its pieces were written, and since when it has it.
///
/// Written under the pool's lock only; anybody may look at any time, and sees a cluster's pieces as soon as the
/// cluster.
///
/// On disk it is written in spans of 64 clusters, as runs, for example `[7, 8, -, 3]` of which all was written as
/// `(0, 7, 2) (1, 3, 1)`: how many have none, where the run begins, how long it is.
final class ClusterMap {
    static final int UNALLOCATED = -1;
    static final int SPAN = 64;
    static final int SPAN_BYTES_MAX = SPAN * 24;
    private static final long ALL = -1;
    private static final int LEAF = 1 << 10;
    private static final int NONE_WRITTEN = 0;
    private static final int ALL_WRITTEN = 1;
    private static final int SOME_WRITTEN = 2;

    private static final class Leaf {
        /// One more than the cluster of the disk, so that a new leaf has none.
        final AtomicIntegerArray disk = new AtomicIntegerArray(LEAF);

        final AtomicLongArray written = new AtomicLongArray(LEAF);
        final int[] births = new int[LEAF];
    }

    private final int size;

    /// A leaf is there when one of its clusters was allocated: a thin volume takes memory for what it has,
    /// whatever its size.
    private final AtomicReferenceArray<Leaf> leaves;

    private volatile int allocated;

    ClusterMap(int size) {
        this.size = size;
        this.leaves = new AtomicReferenceArray<>(Math.ceilDiv(size, LEAF));
    }

    int size() {
        return size;
    }

    int spans() {
        return Math.ceilDiv(size, SPAN);
    }

    boolean allocated(int own) {
        return get(own) != UNALLOCATED;
    }

    /// The cluster of the disk that holds this one, negative for none.
    int get(int own) {
        Leaf leaf = leaves.get(own / LEAF);
        return leaf == null ? UNALLOCATED : leaf.disk.get(own % LEAF) - 1;
    }

    /// The pieces that hold something; all others read as zeroes.
    long written(int own) {
        Leaf leaf = leaves.get(own / LEAF);
        return leaf == null ? 0 : leaf.written.get(own % LEAF);
    }

    int birth(int own) {
        Leaf leaf = leaves.get(own / LEAF);
        return leaf == null ? 0 : leaf.births[own % LEAF];
    }

    void assign(int own, int disk, int birth, long written) {
        assert !allocated(own) : "cluster " + own + " is allocated already";
        Leaf leaf = leaves.get(own / LEAF);
        if (leaf == null) {
            leaf = new Leaf();
            leaves.set(own / LEAF, leaf);
        }
        leaf.births[own % LEAF] = birth;
        leaf.written.set(own % LEAF, written);
        leaf.disk.set(own % LEAF, disk + 1);
        allocated++;
    }

    /// Of a cluster that is allocated.
    void write(int own, long pieces) {
        leafOf(own).written.set(own % LEAF, written(own) | pieces);
    }

    /// Of a cluster that is allocated.
    void clear(int own, long pieces) {
        leafOf(own).written.set(own % LEAF, written(own) & ~pieces);
    }

    /// @return the cluster of the disk that is free now
    int release(int own) {
        Leaf leaf = leafOf(own);
        int disk = leaf.disk.getAndSet(own % LEAF, 0) - 1;
        leaf.written.set(own % LEAF, 0);
        allocated--;
        return disk;
    }

    private Leaf leafOf(int own) {
        assert allocated(own) : "cluster " + own + " is not allocated";
        return leaves.get(own / LEAF);
    }

    int allocatedCount() {
        return allocated;
    }

    void forEachOnDisk(IntConsumer action) {
        for (int own = nextAllocated(0); own < size; own = nextAllocated(own + 1)) action.accept(get(own));
    }

    /// The first allocated one from here on; the size if there is none.
    int nextAllocated(int from) {
        for (int own = from; own < size; ) {
            if (leaves.get(own / LEAF) == null) own = (own / LEAF + 1) * LEAF;
            else if (allocated(own)) return own;
            else own++;
        }
        return size;
    }

    /// Nothing if none of the span's clusters is allocated.
    byte[] encodeSpan(int span) {
        ByteSink out = new ByteSink(SPAN_BYTES_MAX);
        int begin = span * SPAN;
        int end = Math.min(size, begin + SPAN);
        int behind = begin;
        for (int own = nextAllocated(begin); own < end; ) {
            int run = 1;
            while (own + run < end && follows(own + run)) run++;
            long pieces = written(own);
            out.putVarint(own - behind);
            out.putVarint(get(own));
            out.putVarint(run);
            out.putVarint(birth(own));
            out.putByte(pieces == 0 ? NONE_WRITTEN : pieces == ALL ? ALL_WRITTEN : SOME_WRITTEN);
            if (pieces != 0 && pieces != ALL) out.setLong(out.skip(Long.BYTES), pieces);
            behind = own + run;
            own = nextAllocated(behind);
        }
        return Codec.bytes(out);
    }

    private boolean follows(int own) {
        return get(own) == get(own - 1) + 1 && birth(own) == birth(own - 1) && written(own) == written(own - 1);
    }

    void decodeSpan(int span, byte[] bytes) {
        ByteSource in = new ByteSource(bytes, 0);
        int own = span * SPAN;
        while (in.at() < bytes.length) {
            own += (int) in.varint();
            int disk = (int) in.varint();
            int run = (int) in.varint();
            int birth = (int) in.varint();
            int kind = in.bytes(1)[0];
            long pieces = kind == NONE_WRITTEN ? 0 : ALL;
            if (kind == SOME_WRITTEN) {
                pieces = ByteSource.longAt(bytes, in.at());
                in.skip(Long.BYTES);
            }
            for (int i = 0; i < run; i++) assign(own++, disk + i, birth, pieces);
        }
    }
}
