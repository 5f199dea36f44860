package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthRoleGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleListRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserListRequest;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashKVResponse;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesRequest;
import io.orlop.store.proto.etcdserverpb.LeaseStatus;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.mvccpb.KeyValue;
import java.util.List;
import java.util.TreeMap;

/// Everything that a client can find out of what a store or an etcd holds.
///
/// @param moments all keys at each revision that can still be read
/// @param leases how long each was granted, and its keys
record Inventory(
        long revision,
        long compacted,
        int hash,
        TreeMap<Long, List<KeyValue>> moments,
        TreeMap<Long, String> leases,
        TreeMap<String, String> users,
        TreeMap<String, String> roles) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    static Inventory of(String authority) {
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        try {
            return of(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    private static Inventory of(Channel channel) {
        HashKVResponse hash = MaintenanceGrpc.newBlockingStub(channel).hashKV(HashKVRequest.getDefaultInstance());
        long revision = hash.getHeader().getRevision();
        TreeMap<Long, List<KeyValue>> moments = new TreeMap<>();
        for (long at = Math.max(1, hash.getCompactRevision()); at <= revision; at++) {
            RangeRequest everything = RangeRequest.newBuilder()
                    .setKey(ZERO)
                    .setRangeEnd(ZERO)
                    .setRevision(at)
                    .build();
            moments.put(at, KVGrpc.newBlockingStub(channel).range(everything).getKvsList());
        }
        return new Inventory(
                revision,
                hash.getCompactRevision(),
                hash.getHash(),
                moments,
                leases(channel),
                users(channel),
                roles(channel));
    }

    private static TreeMap<Long, String> leases(Channel channel) {
        TreeMap<Long, String> leases = new TreeMap<>();
        LeaseGrpc.LeaseBlockingStub stub = LeaseGrpc.newBlockingStub(channel);
        for (LeaseStatus lease :
                stub.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList()) {
            LeaseTimeToLiveResponse said = stub.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                    .setID(lease.getID())
                    .setKeys(true)
                    .build());
            List<String> keys = said.getKeysList().stream()
                    .map(ByteString::toStringUtf8)
                    .sorted()
                    .toList();
            leases.put(lease.getID(), said.getGrantedTTL() + " s, " + keys);
        }
        return leases;
    }

    private static TreeMap<String, String> users(Channel channel) {
        TreeMap<String, String> users = new TreeMap<>();
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        for (String name :
                auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList()) {
            AuthUserGetRequest request =
                    AuthUserGetRequest.newBuilder().setName(name).build();
            users.put(name, auth.userGet(request).getRolesList().toString());
        }
        return users;
    }

    private static TreeMap<String, String> roles(Channel channel) {
        TreeMap<String, String> roles = new TreeMap<>();
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        for (String name :
                auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList()) {
            AuthRoleGetRequest request =
                    AuthRoleGetRequest.newBuilder().setRole(name).build();
            roles.put(name, auth.roleGet(request).getPermList().toString());
        }
        return roles;
    }
}
