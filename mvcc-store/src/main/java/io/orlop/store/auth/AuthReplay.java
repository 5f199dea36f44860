package io.orlop.store.auth;

import java.util.TreeMap;

/// Builds the state anew from what the log kept.
public final class AuthReplay {
    private final TreeMap<String, User> users = new TreeMap<>();
    private final TreeMap<String, Role> roles = new TreeMap<>();
    private AuthEntry.Switched switched = new AuthEntry.Switched(false, AuthState.NEW.revision(), 0);

    public void entry(AuthEntry entry) {
        switch (entry) {
            case AuthEntry.UserKept(User user) -> users.put(user.name(), user);
            case AuthEntry.UserGone(String name) -> users.remove(name);
            case AuthEntry.RoleKept(Role role) -> roles.put(role.name(), role);
            case AuthEntry.RoleGone(String name) -> roles.remove(name);
            case AuthEntry.Switched now -> switched = now;
        }
    }

    /// All that was said is void; what counts follows.
    public void checkpoint() {
        users.clear();
        roles.clear();
        switched = new AuthEntry.Switched(false, AuthState.NEW.revision(), 0);
    }

    public AuthState state() {
        return new AuthState(
                switched.enabled(),
                switched.revision(),
                switched.disabledAt(),
                new TreeMap<>(users),
                new TreeMap<>(roles));
    }
}
