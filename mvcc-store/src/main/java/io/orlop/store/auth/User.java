package io.orlop.store.auth;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// @param passwordHash as bcrypt writes it; empty for a user who cannot come with a password
/// @param withoutPassword whether the user is known by a certificate only, by its own declaration
/// @param roles by name; `root` may do everything, whether there is a role of that name or not
public record User(String name, String passwordHash, boolean withoutPassword, SortedSet<String> roles) {
    public static final String ROOT = "root";

    public User {
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
    }

    boolean isRoot() {
        return roles.contains(Role.ROOT);
    }

    User withPasswordHash(String hash) {
        return new User(name, hash, withoutPassword, roles);
    }

    User with(String role) {
        TreeSet<String> more = new TreeSet<>(roles);
        more.add(role);
        return new User(name, passwordHash, withoutPassword, more);
    }

    User without(String role) {
        TreeSet<String> fewer = new TreeSet<>(roles);
        fewer.remove(role);
        return new User(name, passwordHash, withoutPassword, fewer);
    }

    /// Without the hash: it is nobody's business.
    @Override
    public String toString() {
        return "User[" + name + ", roles " + roles + "]";
    }
}
