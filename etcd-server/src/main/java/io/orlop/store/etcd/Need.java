package io.orlop.store.etcd;

import io.orlop.store.auth.Rights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What somebody must be to call a method at all, where that does not depend on the keys he names. Once auth is on:
///
/// ```
///   call ──► Reception: who? ──► Need: may he call this? ──► service ──► Rights: may he touch these keys? ──► work
/// ```
enum Need {
    /// What is not listed here. Methods on keys ask for the keys; who authenticates is nobody yet; a user may ask
    /// about himself and his roles.
    NOTHING,
    /// Any user.
    USER,
    /// A user with the role `root`.
    ROOT;

    private static final Map<String, Need> OF_METHODS = new HashMap<>();

    static {
        list(ROOT, "KV", "Compact");
        list(USER, "Lease", "LeaseGrant", "LeaseRevoke", "LeaseKeepAlive", "LeaseTimeToLive", "LeaseLeases");
        list(USER, "Cluster", "MemberList");
        list(ROOT, "Cluster", "MemberAdd", "MemberRemove", "MemberUpdate", "MemberPromote");
        // Whoever would switch one must be root: the service sees what is asked.
        list(USER, "Maintenance", "Alarm");
        list(ROOT, "Maintenance", "Status", "Defragment", "Hash", "HashKV", "Snapshot", "MoveLeader", "Downgrade");
        list(ROOT, "Auth", "AuthEnable", "AuthDisable", "AuthStatus");
        list(ROOT, "Auth", "UserAdd", "UserList", "UserDelete");
        list(ROOT, "Auth", "UserChangePassword", "UserGrantRole", "UserRevokeRole");
        list(ROOT, "Auth", "RoleAdd", "RoleList", "RoleDelete", "RoleGrantPermission", "RoleRevokePermission");
    }

    private static void list(Need need, String service, String... methods) {
        for (String method : List.of(methods)) OF_METHODS.put("etcdserverpb." + service + "/" + method, need);
    }

    /// @param method its full name, as gRPC writes it
    static Need of(String method) {
        return OF_METHODS.getOrDefault(method, NOTHING);
    }

    /// @throws io.orlop.store.api.DeniedException if these rights are not enough
    void check(Rights rights) {
        switch (this) {
            case NOTHING -> {}
            case USER -> rights.requireUser();
            case ROOT -> rights.requireRoot();
        }
    }
}
