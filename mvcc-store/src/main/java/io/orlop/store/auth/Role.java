package io.orlop.store.auth;

import io.orlop.store.api.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// @param permissions in the order of their first keys
public record Role(String name, List<Permission> permissions) {
    public static final String ROOT = "root";

    public Role {
        permissions = List.copyOf(permissions);
    }

    /// Permits that, too; of two permissions for the very same keys the later counts.
    ///
    /// As in etcd, of several permissions that begin with one key only the first is replaced; for any other the new
    /// one is added beside it, and the wider of both holds.
    Role grant(Permission permission) {
        List<Permission> more = new ArrayList<>(permissions);
        int first = 0;
        while (first < more.size()
                && more.get(first).keys().from().compareTo(permission.keys().from()) < 0) first++;
        if (first < more.size() && more.get(first).keys().equals(permission.keys())) {
            more.set(first, permission);
        } else {
            more.add(permission);
            more.sort(Comparator.comparing(each -> each.keys().from()));
        }
        return new Role(name, more);
    }

    Role revoke(KeyRange keys) {
        return new Role(
                name,
                permissions.stream()
                        .filter(permission -> !permission.keys().equals(keys))
                        .toList());
    }
}
