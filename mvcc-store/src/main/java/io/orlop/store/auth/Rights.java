package io.orlop.store.auth;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import java.util.List;
import java.util.function.LongFunction;

/// What one caller may do, by what is known of users at one moment. Each method returns if he may, and throws a
/// [DeniedException] otherwise.
///
/// The questions are asked in this order, and the first no is the answer:
///
/// ```
///   is auth on?  ─ no ──► may            (the process itself always may)
///   who is it?   ─ nobody ──► user name is empty; a bad token ──► invalid auth token
///   since when?  ─ users changed since he proved it ──► revision of auth store is old
///   still known? ─ no ──► permission denied
///   root?        ─ yes ──► may
///   do the ranges of all his roles together cover the keys? ─ no ──► permission denied
/// ```
public record Rights(AuthState state, Caller caller) {
    /// Whether there is anything to check.
    public boolean unlimited() {
        return !state.enabled() || caller instanceof Caller.Owner;
    }

    /// A transaction needs the rights for all its comparisons and for both its branches, whichever is taken.
    ///
    /// @param keysOfLease what hangs on a lease
    public void check(Operation operation, LongFunction<List<Octets>> keysOfLease) {
        if (unlimited()) return;
        switch (operation) {
            case Operation.Range range -> check(Access.READ, range.keys());
            case Operation.Put put -> {
                check(Access.WRITE, KeyRange.single(put.key()));
                // Who puts a key on a lease could have its other keys deleted.
                if (put.lease() != 0) checkKeys(Access.WRITE, keysOfLease.apply(put.lease()));
                if (put.previous()) check(Access.READ, KeyRange.single(put.key()));
            }
            case Operation.Delete delete -> {
                check(Access.WRITE, delete.keys());
                if (delete.previous()) check(Access.READ, delete.keys());
            }
            case Operation.Txn txn -> {
                for (Comparison comparison : txn.comparisons()) check(Access.READ, comparison.keys());
                for (Operation step : txn.success()) check(step, keysOfLease);
                for (Operation step : txn.failure()) check(step, keysOfLease);
            }
        }
    }

    public void check(Access access, KeyRange keys) {
        if (unlimited()) return;
        Caller.Named named = named();
        if (named.authRevision() < state.revision()) throw new DeniedException(Denial.AUTH_OLD_REVISION);
        User user = state.user(named.user());
        if (user != null && user.isRoot()) return;
        if (!state.permits(named.user(), access, keys)) throw new DeniedException(Denial.PERMISSION_DENIED);
    }

    /// For what hangs on a lease. Root need not be asked key by key.
    public void checkKeys(Access access, List<Octets> keys) {
        if (unlimited() || isRoot()) return;
        for (Octets key : keys) check(access, KeyRange.single(key));
    }

    /// For what concerns the whole store.
    public void requireRoot() {
        if (unlimited()) return;
        User user = state.user(named().user());
        if (user == null) throw new DeniedException(Denial.USER_NOT_FOUND);
        if (!user.isRoot()) throw new DeniedException(Denial.PERMISSION_DENIED);
    }

    /// For what any user may do.
    public void requireUser() {
        if (!unlimited()) named();
    }

    /// Whether the caller is this user, whom nobody else but root may ask about. Who said no name may ask about the
    /// user without one, whom there is not: as in etcd.
    public void requireSelf(String user) {
        String self = caller instanceof Caller.Named named ? named.user() : "";
        if (caller instanceof Caller.Impostor || !user.equals(self)) requireRoot();
    }

    /// Whether the caller has this role, which nobody else but root may ask about.
    public void requireRole(String role) {
        if (!(caller instanceof Caller.Named named
                && state.user(named.user()) instanceof User user
                && user.roles().contains(role))) requireRoot();
    }

    /// A read took its time; if the users changed meanwhile, its result is not for this caller any more. Nobody in
    /// particular gets what needs no rights: the answer to a transaction that asks for nothing.
    public void ensureCurrent(AuthState now) {
        if (unlimited() || caller instanceof Caller.Nobody) return;
        if (named().authRevision() != now.revision()) throw new DeniedException(Denial.AUTH_OLD_REVISION);
    }

    private boolean isRoot() {
        return caller instanceof Caller.Named named && state.user(named.user()) instanceof User user && user.isRoot();
    }

    private Caller.Named named() {
        if (caller instanceof Caller.Named named && !named.user().isEmpty()) return named;
        boolean impostor = caller instanceof Caller.Impostor;
        throw new DeniedException(impostor ? Denial.INVALID_AUTH_TOKEN : Denial.USER_EMPTY);
    }
}
