package io.orlop.dataplane.pool;

import java.io.IOException;
import java.util.TreeSet;

/// Which slots of the head, and of the clusters that metadata has grown into, nobody uses.
final class Slots {
    private final Geometry geometry;
    private final TreeSet<Long> free = new TreeSet<>();
    private int total;

    /// All of the head's, but the first, which has the super block.
    Slots(Geometry geometry) {
        this.geometry = geometry;
        add(Geometry.SLOT, geometry.headSlots());
    }

    void add(int cluster) {
        add(geometry.clusterOffset(cluster), geometry.slotsOfCluster());
    }

    private void add(long offset, int count) {
        for (int i = 0; i < count; i++) free.add(offset + (long) i * Geometry.SLOT);
        total += count;
    }

    int total() {
        return total;
    }

    /// The addresses of all that are free, in order.
    Iterable<Long> free() {
        return free;
    }

    long take() throws IOException {
        Long address = free.pollFirst();
        // Room was made before anything was changed that could need it.
        if (address == null) throw new IOException("the pool's metadata has outgrown its %d slots".formatted(total));
        return address;
    }

    void use(long address) throws IOException {
        if (!free.remove(address)) {
            throw new IOException("the pool is damaged: its slot at %d is used twice, or is none".formatted(address));
        }
    }

    void giveBack(long address) {
        free.add(address);
    }
}
