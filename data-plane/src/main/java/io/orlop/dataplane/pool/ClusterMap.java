package io.orlop.dataplane.pool;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/// Where each of a volume's clusters lies on the disk.
///
/// On disk it is written as runs, `(own cluster, disk cluster, length)`, for example `[7, 8, -, 3]` as
/// `(0, 7, 2) (3, 3, 1)`.
final class ClusterMap {
    private static final int UNALLOCATED = -1;
    private static final int LEAF = 1 << 12;

    private final int size;

    /// A leaf is there when one of its clusters was allocated: a thin volume takes memory for what it has,
    /// whatever its size. A leaf holds one more than the cluster of the disk, so that a new one has none.
    private final AtomicReferenceArray<AtomicIntegerArray> leaves;

    ClusterMap(int size) {
        this.size = size;
        this.leaves = new AtomicReferenceArray<>(Math.ceilDiv(size, LEAF));
    }

    int size() {
        return size;
    }

    boolean allocated(int own) {
        return get(own) != UNALLOCATED;
    }

    /// The cluster of the disk that holds this one, negative for none.
    int get(int own) {
        AtomicIntegerArray leaf = leaves.get(own / LEAF);
        return leaf == null ? UNALLOCATED : leaf.get(own % LEAF) - 1;
    }

    void assign(int own, int disk) {
        assert !allocated(own) : "cluster " + own + " is allocated already";
        AtomicIntegerArray leaf = leaves.get(own / LEAF);
        if (leaf == null) {
            leaf = new AtomicIntegerArray(LEAF);
            leaves.set(own / LEAF, leaf);
        }
        leaf.set(own % LEAF, disk + 1);
    }

    /// @return the cluster of the disk that is free now
    int release(int own) {
        return leaves.get(own / LEAF).getAndSet(own % LEAF, 0) - 1;
    }

    int allocatedCount() {
        int count = 0;
        for (int own = nextAllocated(0); own < size; own = nextAllocated(own + 1)) count++;
        return count;
    }

    void forEachOnDisk(IntConsumer action) {
        for (int own = nextAllocated(0); own < size; own = nextAllocated(own + 1)) action.accept(get(own));
    }

    /// The first allocated one from here on; the size if there is none.
    private int nextAllocated(int from) {
        for (int own = from; own < size; ) {
            if (leaves.get(own / LEAF) == null) own = (own / LEAF + 1) * LEAF;
            else if (allocated(own)) return own;
            else own++;
        }
        return size;
    }

    void encode(DataOutputStream out) throws IOException {
        out.writeInt(size);
        for (int own = nextAllocated(0); own < size; ) {
            int disk = get(own);
            int run = 1;
            while (own + run < size && get(own + run) == disk + run) run++;
            out.writeInt(own);
            out.writeInt(disk);
            out.writeInt(run);
            own = nextAllocated(own + run);
        }
        out.writeInt(UNALLOCATED);
    }

    static ClusterMap decode(DataInputStream in) throws IOException {
        ClusterMap map = new ClusterMap(in.readInt());
        for (int own = in.readInt(); own != UNALLOCATED; own = in.readInt()) {
            int disk = in.readInt();
            int run = in.readInt();
            for (int i = 0; i < run; i++) map.assign(own + i, disk + i);
        }
        return map;
    }
}
