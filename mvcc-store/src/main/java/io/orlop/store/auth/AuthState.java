package io.orlop.store.auth;

import io.orlop.store.api.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that is known of users and roles at one moment. Does not change: a change makes another.
public final class AuthState {
    /// Nobody is known and nothing is checked.
    public static final AuthState NEW = new AuthState(false, 1, 0, new TreeMap<>(), new TreeMap<>());

    private final boolean enabled;
    private final long revision;
    private final long disabledAt;
    private final SortedMap<String, User> users;
    private final SortedMap<String, Role> roles;

    /// What users, roles and permissions take in memory beside names and keys, and each interval of what a user may do.
    private static final int USER_BYTES = 400;

    private static final int ROLE_BYTES = 120;
    private static final int PERMISSION_BYTES = 120;
    private static final int INTERVAL_BYTES = 32;

    /// What each user may do, all roles together.
    private final Map<String, Map<Access, Territory>> territories = new HashMap<>();

    private final long bytes;

    AuthState(
            boolean enabled,
            long revision,
            long disabledAt,
            SortedMap<String, User> users,
            SortedMap<String, Role> roles) {
        this.enabled = enabled;
        this.revision = revision;
        this.disabledAt = disabledAt;
        this.users = Collections.unmodifiableSortedMap(users);
        this.roles = Collections.unmodifiableSortedMap(roles);
        for (User user : users.values()) territories.put(user.name(), territories(user));
        this.bytes = measure();
    }

    /// About how many bytes of memory it takes.
    public long bytes() {
        return bytes;
    }

    private long measure() {
        long sum = 0;
        for (User user : users.values()) {
            sum += USER_BYTES + user.name().length() + user.passwordHash().length();
            sum += (long) ROLE_BYTES * user.roles().size();
        }
        for (Role role : roles.values()) {
            sum += ROLE_BYTES + role.name().length();
            for (Permission permission : role.permissions()) {
                KeyRange keys = permission.keys();
                sum += PERMISSION_BYTES + keys.from().length() + keys.to().length();
            }
        }
        for (Map<Access, Territory> ofUser : territories.values()) {
            for (Territory territory : ofUser.values()) sum += (long) INTERVAL_BYTES * territory.size();
        }
        return sum;
    }

    private Map<Access, Territory> territories(User user) {
        Map<Access, Territory> territories = new EnumMap<>(Access.class);
        for (Access access : Access.values()) {
            List<KeyRange> ranges = new ArrayList<>();
            for (String name : user.roles()) {
                Role role = roles.get(name);
                if (role == null) continue;
                for (Permission permission : role.permissions()) {
                    if (permission.kind().includes(access)) ranges.add(permission.keys());
                }
            }
            territories.put(access, Territory.of(ranges));
        }
        return territories;
    }

    public boolean enabled() {
        return enabled;
    }

    /// Grows with every change.
    public long revision() {
        return revision;
    }

    /// The revision at which it was switched off last, 0 if never: whoever was let in before that is out.
    public long disabledAt() {
        return disabledAt;
    }

    /// The later one of two: to switch auth on is the only change that moves no revision, and off goes another way.
    public AuthState orLater(AuthState other) {
        boolean later = other.revision > revision || other.revision == revision && other.enabled;
        return later ? other : this;
    }

    /// In the order of their names.
    public SortedMap<String, User> users() {
        return users;
    }

    /// In the order of their names.
    public SortedMap<String, Role> roles() {
        return roles;
    }

    public @Nullable User user(String name) {
        return users.get(name);
    }

    boolean permits(String user, Access access, KeyRange keys) {
        Map<Access, Territory> territory = territories.get(user);
        return territory != null
                && territory.getOrDefault(access, Territory.of(List.of())).covers(keys);
    }

    AuthState enable() {
        return new AuthState(true, revision, disabledAt, users, roles);
    }

    AuthState disable() {
        return new AuthState(false, revision + 1, revision + 1, users, roles);
    }

    AuthState with(User user) {
        return with(List.of(user));
    }

    AuthState with(List<User> changed) {
        TreeMap<String, User> more = new TreeMap<>(users);
        for (User user : changed) more.put(user.name(), user);
        return new AuthState(enabled, revision + 1, disabledAt, more, roles);
    }

    AuthState withoutUser(String name) {
        TreeMap<String, User> fewer = new TreeMap<>(users);
        fewer.remove(name);
        return new AuthState(enabled, revision + 1, disabledAt, fewer, roles);
    }

    AuthState with(Role role) {
        TreeMap<String, Role> more = new TreeMap<>(roles);
        more.put(role.name(), role);
        return new AuthState(enabled, revision + 1, disabledAt, users, more);
    }

    /// Users who had the role have it no more.
    AuthState withoutRole(String name) {
        TreeMap<String, Role> fewer = new TreeMap<>(roles);
        fewer.remove(name);
        TreeMap<String, User> changed = new TreeMap<>(users);
        changed.replaceAll((_, user) -> user.without(name));
        return new AuthState(enabled, revision + 1, disabledAt, changed, fewer);
    }

    /// What the log must hear when this follows `before`.
    public List<AuthEntry> since(AuthState before) {
        List<AuthEntry> entries = new ArrayList<>();
        for (User user : users.values()) {
            if (!user.equals(before.users.get(user.name()))) entries.add(new AuthEntry.UserKept(user));
        }
        for (String name : before.users.keySet()) {
            if (!users.containsKey(name)) entries.add(new AuthEntry.UserGone(name));
        }
        for (Role role : roles.values()) {
            if (!role.equals(before.roles.get(role.name()))) entries.add(new AuthEntry.RoleKept(role));
        }
        for (String name : before.roles.keySet()) {
            if (!roles.containsKey(name)) entries.add(new AuthEntry.RoleGone(name));
        }
        if (enabled != before.enabled || revision != before.revision) {
            entries.add(new AuthEntry.Switched(enabled, revision, disabledAt));
        }
        return entries;
    }
}
