package io.orlop.store.log;

import io.orlop.store.api.Octets;

/// Every change from a revision on is needed, and the index points to it.
record NeededFrom(long revision) implements Needed {
    @Override
    public boolean isNeeded(Octets key, long main, int sub, boolean tombstone) {
        return main >= revision;
    }

    @Override
    public boolean isPointedTo(Octets key, long main, int sub, long location) {
        return true;
    }
}
