package io.orlop.store.history;

import org.jspecify.annotations.Nullable;

/// Some keys that were alive at a revision, as a walk found them: where the log has their values. As numbers in arrays,
/// since a range meets a hundred of them, and would throw away three objects for each.
public final class Rows {
    private final KeyIndex index;
    private final long revision;
    private final Leaf[] leaves;
    private final int[] places;
    private final long[] locations;
    private int size;

    /// @param most how many it has room for
    public Rows(KeyIndex index, long revision, int most) {
        this.index = index;
        this.revision = revision;
        this.leaves = new Leaf[most];
        this.places = new int[most];
        this.locations = new long[most];
    }

    public void clear() {
        size = 0;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == locations.length;
    }

    public long location(int i) {
        return locations[i];
    }

    public KeyHistory history(int i) {
        return new KeyHistory(index, leaves[i], places[i]);
    }

    /// The change that was found, as it is known now; null if it was compacted meanwhile.
    public @Nullable Change change(int i) {
        return history(i).aliveAt(revision);
    }

    /// Adds a key of this leaf, if it was alive.
    void addIfAlive(Leaf leaf, int place) {
        long location = KeyHistory.locationAliveAt(index, leaf, place, revision);
        if (location == KeyHistory.NOT_ALIVE) return;
        leaves[size] = leaf;
        places[size] = place;
        locations[size++] = location;
    }
}
