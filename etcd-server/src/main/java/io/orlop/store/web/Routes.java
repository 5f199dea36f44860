package io.orlop.store.web;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which path of the JSON gateway is which method. What no service serves is not found.
final class Routes {
    private static final Map<String, String> METHODS = new HashMap<>();

    static {
        service("etcdserverpb.KV/", "/v3/kv/", "range Range", "put Put", "deleterange DeleteRange", "txn Txn");
        service("etcdserverpb.KV/", "/v3/kv/", "compaction Compact", "range/stream RangeStream");
        service("etcdserverpb.Watch/", "/v3/", "watch Watch");
        service("etcdserverpb.Lease/", "/v3/lease/", "grant LeaseGrant", "keepalive LeaseKeepAlive");
        for (String place : new String[] {"/v3/lease/", "/v3/kv/lease/"}) {
            service("etcdserverpb.Lease/", place, "revoke LeaseRevoke", "timetolive LeaseTimeToLive");
            service("etcdserverpb.Lease/", place, "leases LeaseLeases");
        }
        service("etcdserverpb.Cluster/", "/v3/cluster/member/", "add MemberAdd", "remove MemberRemove");
        service("etcdserverpb.Cluster/", "/v3/cluster/member/", "update MemberUpdate", "list MemberList");
        service("etcdserverpb.Cluster/", "/v3/cluster/member/", "promote MemberPromote");
        service("etcdserverpb.Maintenance/", "/v3/maintenance/", "alarm Alarm", "status Status");
        service("etcdserverpb.Maintenance/", "/v3/maintenance/", "defragment Defragment", "hash Hash");
        service("etcdserverpb.Maintenance/", "/v3/maintenance/", "hashkv HashKV", "snapshot Snapshot");
        service("etcdserverpb.Maintenance/", "/v3/maintenance/", "transfer-leadership MoveLeader");
        service("etcdserverpb.Maintenance/", "/v3/maintenance/", "downgrade Downgrade");
        service("etcdserverpb.Auth/", "/v3/auth/", "enable AuthEnable", "disable AuthDisable", "status AuthStatus");
        service("etcdserverpb.Auth/", "/v3/auth/", "authenticate Authenticate");
        service("etcdserverpb.Auth/", "/v3/auth/user/", "add UserAdd", "get UserGet", "list UserList");
        service("etcdserverpb.Auth/", "/v3/auth/user/", "delete UserDelete", "changepw UserChangePassword");
        service("etcdserverpb.Auth/", "/v3/auth/user/", "grant UserGrantRole", "revoke UserRevokeRole");
        service("etcdserverpb.Auth/", "/v3/auth/role/", "add RoleAdd", "get RoleGet", "list RoleList");
        service("etcdserverpb.Auth/", "/v3/auth/role/", "delete RoleDelete");
        service("etcdserverpb.Auth/", "/v3/auth/role/", "grant RoleGrantPermission", "revoke RoleRevokePermission");
        service("v3lockpb.Lock/", "/v3/lock/", "lock Lock", "unlock Unlock");
        service("v3electionpb.Election/", "/v3/election/", "campaign Campaign", "proclaim Proclaim", "leader Leader");
        service("v3electionpb.Election/", "/v3/election/", "observe Observe", "resign Resign");
    }

    private Routes() {}

    private static void service(String service, String place, String... methods) {
        for (String method : methods) {
            int space = method.indexOf(' ');
            METHODS.put(place + method.substring(0, space), service + method.substring(space + 1));
        }
    }

    /// @return `package.Service/Method`
    static @Nullable String method(String path) {
        return METHODS.get(path);
    }
}
