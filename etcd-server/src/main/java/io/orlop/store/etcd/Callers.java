package io.orlop.store.etcd;

import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Rights;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.token.Tokens;

/// Finds out who calls. A token goes before a certificate; nobody in particular is a caller, too.
final class Callers {
    private final MvccStore store;
    private final Tokens tokens;

    Callers(MvccStore store, Tokens tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    /// Whose call this thread serves.
    Caller current() {
        return of(Credentials.current());
    }

    Caller of(Credentials shown) {
        AuthState state = store.auth();
        if (!state.enabled()) return Caller.NOBODY;
        String token = shown.token();
        if (token != null) {
            return tokens.bearer(token, state).<Caller>map(named -> named).orElse(Caller.IMPOSTOR);
        }
        String commonName = shown.commonName();
        if (commonName != null) return new Caller.Named(commonName, state.revision());
        return Caller.NOBODY;
    }

    /// What the caller may do, by what is known now.
    Rights rights() {
        return rights(Credentials.current());
    }

    Rights rights(Credentials shown) {
        return store.rights(of(shown));
    }
}
