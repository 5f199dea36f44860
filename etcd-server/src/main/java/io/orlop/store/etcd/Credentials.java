package io.orlop.store.etcd;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/// What a call shows of its caller: the seam between transports, which find it, and services, which ask who it is.
///
/// @param token what [io.orlop.store.token.Tokens] issued
/// @param commonName whom the client's certificate names, if the transport made sure of it
record Credentials(@Nullable String token, @Nullable String commonName) {
    static final Credentials NONE = new Credentials(null, null);

    private static final Context.Key<Credentials> KEY = Context.keyWithDefault("orlop-store-credentials", NONE);

    /// Those of the call that this thread serves; must be asked before the work goes to another thread.
    static Credentials current() {
        return KEY.get();
    }

    Context asCurrent() {
        return Context.current().withValue(KEY, this);
    }

    /// A token opens doors.
    @Override
    public String toString() {
        return "Credentials[" + (token == null ? "no token" : "a token") + ", " + commonName + "]";
    }
}
