package io.orlop.store.auth;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A change of users, roles or permissions, as a decision on the state before it.
public sealed interface AuthChange {
    /// The state after it.
    ///
    /// @throws DeniedException if it cannot be
    AuthState applyTo(AuthState state);

    /// Whether more has to be known afterwards.
    default boolean grows() {
        return switch (this) {
            case AddUser _, AddRole _, GrantRole _, GrantPermission _ -> true;
            case Enable _, Disable _, DeleteUser _, ChangePassword _, RevokeRole _, DeleteRole _, RevokePermission _ ->
                false;
        };
    }

    record Enable() implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            if (state.enabled()) return state;
            User root = state.user(User.ROOT);
            if (root == null) throw new DeniedException(Denial.ROOT_USER_MISSING);
            refuseIf(!root.isRoot(), Denial.ROOT_ROLE_MISSING);
            return state.enable();
        }
    }

    record Disable() implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            return state.enabled() ? state.disable() : state;
        }
    }

    /// @param passwordHash empty for a user without password
    record AddUser(String name, String passwordHash, boolean withoutPassword) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            refuseIf(name.isEmpty(), Denial.USER_EMPTY);
            refuseIf(state.user(name) != null, Denial.USER_EXISTS);
            return state.with(new User(name, passwordHash, withoutPassword, new TreeSet<>()));
        }

        @Override
        public String toString() {
            return "AddUser[" + name + "]";
        }
    }

    record DeleteUser(String name) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            refuseIf(state.enabled() && name.equals(User.ROOT), Denial.INVALID_AUTH_MANAGEMENT);
            userOf(state, name);
            return state.withoutUser(name);
        }
    }

    record ChangePassword(String name, String passwordHash) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            User user = userOf(state, name);
            return state.with(user.withPasswordHash(user.withoutPassword() ? "" : passwordHash));
        }

        @Override
        public String toString() {
            return "ChangePassword[" + name + "]";
        }
    }

    /// The role `root` can be granted without having been added.
    record GrantRole(String name, String role) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            User user = userOf(state, name);
            refuseIf(!role.equals(Role.ROOT) && !state.roles().containsKey(role), Denial.ROLE_NOT_FOUND);
            return user.roles().contains(role) ? state : state.with(user.with(role));
        }
    }

    record RevokeRole(String name, String role) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            boolean rootsRoot = name.equals(User.ROOT) && role.equals(Role.ROOT);
            refuseIf(state.enabled() && rootsRoot, Denial.INVALID_AUTH_MANAGEMENT);
            User user = userOf(state, name);
            refuseIf(!user.roles().contains(role), Denial.ROLE_NOT_GRANTED);
            return state.with(user.without(role));
        }
    }

    record AddRole(String name) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            refuseIf(name.isEmpty(), Denial.ROLE_EMPTY);
            refuseIf(state.roles().containsKey(name), Denial.ROLE_EXISTS);
            return state.with(new Role(name, List.of()));
        }
    }

    record DeleteRole(String name) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            refuseIf(state.enabled() && name.equals(Role.ROOT), Denial.INVALID_AUTH_MANAGEMENT);
            roleOf(state, name);
            return state.withoutRole(name);
        }
    }

    /// @param permission null if the request has none
    record GrantPermission(String role, @Nullable Permission permission) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            if (permission == null) throw new DeniedException(Denial.PERMISSION_NOT_GIVEN);
            KeyRange keys = permission.keys();
            refuseIf(keys.from().isEmpty() || keys.isNothing(), Denial.INVALID_AUTH_MANAGEMENT);
            return state.with(roleOf(state, role).grant(permission));
        }
    }

    record RevokePermission(String role, KeyRange keys) implements AuthChange {
        @Override
        public AuthState applyTo(AuthState state) {
            Role before = roleOf(state, role);
            Role after = before.revoke(keys);
            refuseIf(after.permissions().size() == before.permissions().size(), Denial.PERMISSION_NOT_GRANTED);
            return state.with(after);
        }
    }

    private static User userOf(AuthState state, String name) {
        User user = state.user(name);
        if (user == null) throw new DeniedException(Denial.USER_NOT_FOUND);
        return user;
    }

    private static Role roleOf(AuthState state, String name) {
        Role role = state.roles().get(name);
        if (role == null) throw new DeniedException(Denial.ROLE_NOT_FOUND);
        return role;
    }

    private static void refuseIf(boolean wrong, Denial denial) {
        if (wrong) throw new DeniedException(denial);
    }
}
