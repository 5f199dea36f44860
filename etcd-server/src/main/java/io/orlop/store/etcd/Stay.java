package io.orlop.store.etcd;

import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.line.Line;
import io.orlop.store.line.Place;
import org.jspecify.annotations.Nullable;

/// What a call for a lock or a leadership took on its way. Unless it settles there, all of it is given back: a call
/// that is cancelled or refused leaves nothing behind.
final class Stay implements AutoCloseable {
    /// The life of a lease that nobody brought along.
    private static final long LEASE_SECONDS = 60;

    private final MvccStore store;
    private final long lease;
    private final boolean leaseIsOurs;
    private @Nullable Runnable leave;
    private boolean settled;

    private Stay(MvccStore store, long lease, boolean leaseIsOurs) {
        this.store = store;
        this.lease = lease;
        this.leaseIsOurs = leaseIsOurs;
    }

    /// @param lease what the client keeps alive, 0 for a lease of a minute that nobody renews
    static Stay under(MvccStore store, Caller caller, long lease) {
        if (lease != 0) return new Stay(store, lease, false);
        store.rights(caller).requireUser();
        return new Stay(
                store, MvccStore.await(store.grantLease(0, LEASE_SECONDS)).id(), true);
    }

    long lease() {
        return lease;
    }

    Place keep(Line line, Place place) {
        // A place that the same lease had before is not this call's to give up.
        if (place.joined()) leave = () -> line.withdraw(place);
        return place;
    }

    void settle() {
        settled = true;
    }

    @Override
    public void close() {
        if (settled) return;
        if (leave != null) leave.run();
        if (leaseIsOurs) MvccStore.await(store.revokeLease(lease));
    }
}
