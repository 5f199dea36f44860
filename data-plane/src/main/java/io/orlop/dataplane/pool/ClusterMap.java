package io.orlop.dataplane.pool;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;

/// Where each of a volume's clusters lies on the disk.
///
/// On disk it is written as runs, `(own cluster, disk cluster, length)`, for example `[7, 8, -, 3]` as
/// `(0, 7, 2) (3, 3, 1)`.
final class ClusterMap {
    private static final int UNALLOCATED = -1;

    private final AtomicIntegerArray onDisk;

    ClusterMap(int size) {
        onDisk = new AtomicIntegerArray(size);
        for (int own = 0; own < size; own++) onDisk.set(own, UNALLOCATED);
    }

    int size() {
        return onDisk.length();
    }

    boolean allocated(int own) {
        return onDisk.get(own) != UNALLOCATED;
    }

    /// The cluster of the disk that holds this one, negative for none.
    int get(int own) {
        return onDisk.get(own);
    }

    void assign(int own, int disk) {
        assert !allocated(own) : "cluster " + own + " is allocated already";
        onDisk.set(own, disk);
    }

    /// @return the cluster of the disk that is free now
    int release(int own) {
        return onDisk.getAndSet(own, UNALLOCATED);
    }

    int allocatedCount() {
        int count = 0;
        for (int own = 0; own < size(); own++) if (allocated(own)) count++;
        return count;
    }

    void forEachOnDisk(IntConsumer action) {
        for (int own = 0; own < size(); own++) if (allocated(own)) action.accept(get(own));
    }

    void encode(DataOutputStream out) throws IOException {
        out.writeInt(size());
        for (int own = 0; own < size(); ) {
            int run = 1;
            if (allocated(own)) {
                while (own + run < size() && get(own + run) == get(own) + run) run++;
                out.writeInt(own);
                out.writeInt(get(own));
                out.writeInt(run);
            }
            own += run;
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
