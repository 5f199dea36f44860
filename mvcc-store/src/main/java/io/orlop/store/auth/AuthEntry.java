package io.orlop.store.auth;

/// What the log keeps of users and roles: a whole one whenever it changes.
public sealed interface AuthEntry {
    record UserKept(User user) implements AuthEntry {}

    record UserGone(String name) implements AuthEntry {}

    record RoleKept(Role role) implements AuthEntry {}

    record RoleGone(String name) implements AuthEntry {}

    /// @param disabledAt the revision at which tokens were void for the last time because auth was switched off
    record Switched(boolean enabled, long revision, long disabledAt) implements AuthEntry {}
}
