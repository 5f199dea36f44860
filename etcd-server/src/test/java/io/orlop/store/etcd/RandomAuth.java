package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.orlop.store.proto.authpb.Permission;
import io.orlop.store.proto.authpb.UserAddOptions;
import io.orlop.store.proto.etcdserverpb.AuthDisableRequest;
import io.orlop.store.proto.etcdserverpb.AuthEnableRequest;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthGrpc.AuthBlockingStub;
import io.orlop.store.proto.etcdserverpb.AuthRoleAddRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleListRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserAddRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserDeleteRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserListRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Random requests about users and of users.
final class RandomAuth {
    static final String PASSWORD = "pw";

    private static final int PERMISSIONS_MAX = 12;
    private static final int LEASES = 4;
    private static final ByteString OPEN = ByteString.copyFrom(new byte[1]);

    private final Random random;
    private Message last = AuthEnableRequest.getDefaultInstance();
    private int begun;
    private String caller = "";
    private final Map<String, Integer> granted = new HashMap<>();

    RandomAuth(long seed) {
        random = new Random(seed);
    }

    String last() {
        return last.getDescriptorForType().getName() + " " + last;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /// Empty for nobody.
    String caller() {
        caller = begun < 9 ? "" : someone();
        return caller;
    }

    private String someone() {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1, 2, 3, 4 -> "root";
            default -> "u" + random.nextInt(3);
        };
    }

    private String user() {
        return oneIn(8) ? oneIn(3) ? "" : "root" : "u" + random.nextInt(3);
    }

    private String role() {
        return oneIn(8) ? oneIn(3) ? "" : "root" : "r" + random.nextInt(3);
    }

    private ByteString key() {
        return ByteString.copyFromUtf8("" + (char) ('a' + random.nextInt(6)) + (oneIn(3) ? "1" : ""));
    }

    private ByteString end() {
        return switch (random.nextInt(6)) {
            case 0 -> OPEN;
            case 1, 2, 3 -> ByteString.EMPTY;
            default -> key();
        };
    }

    /// Whether etcd takes a range that is upside down for permitted depends on the shape of a tree.
    private ByteString end(ByteString key) {
        return caller.equals("root") ? end() : endBehind(key);
    }

    private ByteString endBehind(ByteString key) {
        while (true) {
            ByteString end = end();
            boolean behind = ByteString.unsignedLexicographicalComparator().compare(end, key) > 0;
            if (end.isEmpty() || end.equals(OPEN) || behind) return end;
        }
    }

    private <Q extends Message> Q remember(Q request) {
        last = request;
        return request;
    }

    private static AuthBlockingStub auth(Channel channel) {
        return AuthGrpc.newBlockingStub(channel);
    }

    /// Whether it is said as JSON, if it can be.
    boolean asJson() {
        return oneIn(4);
    }

    Function<Channel, Message> next() {
        if (begun < 9) return beginning(begun++);
        return oneIn(3) ? change() : use();
    }

    /// Root, and users with roles, and auth is on.
    private Function<Channel, Message> beginning(int step) {
        return switch (step) {
            case 0, 1, 2 -> addUser("u" + step, false);
            case 3 -> addUser("root", false);
            case 4 -> grantRole("root", "root");
            case 5, 6, 7 -> {
                AuthRoleAddRequest add = remember(AuthRoleAddRequest.newBuilder()
                        .setName("r" + (step - 5))
                        .build());
                yield channel -> auth(channel).roleAdd(add);
            }
            default -> enable();
        };
    }

    private Function<Channel, Message> enable() {
        AuthEnableRequest enable = remember(AuthEnableRequest.getDefaultInstance());
        return channel -> auth(channel).authEnable(enable);
    }

    private Function<Channel, Message> addUser(String name, boolean withoutPassword) {
        AuthUserAddRequest.Builder add =
                AuthUserAddRequest.newBuilder().setName(name).setPassword(PASSWORD);
        if (withoutPassword) {
            add.clearPassword().setOptions(UserAddOptions.newBuilder().setNoPassword(true));
        }
        AuthUserAddRequest request = remember(add.build());
        return channel -> auth(channel).userAdd(request);
    }

    private Function<Channel, Message> grantRole(String user, String role) {
        AuthUserGrantRoleRequest grant = remember(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
        return channel -> auth(channel).userGrantRole(grant);
    }

    private Function<Channel, Message> change() {
        return switch (random.nextInt(26)) {
            case 0 -> {
                AuthDisableRequest disable = remember(AuthDisableRequest.getDefaultInstance());
                yield channel -> auth(channel).authDisable(disable);
            }
            case 1, 2 -> enable();
            case 3 -> addUser(user(), oneIn(5));
            case 4 -> addUser(user(), false);
            case 5 -> {
                AuthUserDeleteRequest delete = remember(
                        AuthUserDeleteRequest.newBuilder().setName(user()).build());
                yield channel -> auth(channel).userDelete(delete);
            }
            case 6, 7 -> {
                AuthUserChangePasswordRequest change = remember(AuthUserChangePasswordRequest.newBuilder()
                        .setName(user())
                        .setPassword(PASSWORD)
                        .build());
                yield channel -> auth(channel).userChangePassword(change);
            }
            case 8, 9, 10 -> grantRole(user(), role());
            case 11 -> {
                AuthUserRevokeRoleRequest revoke = remember(AuthUserRevokeRoleRequest.newBuilder()
                        .setName(user())
                        .setRole(role())
                        .build());
                yield channel -> auth(channel).userRevokeRole(revoke);
            }
            case 12 -> {
                AuthRoleAddRequest add =
                        remember(AuthRoleAddRequest.newBuilder().setName(role()).build());
                yield channel -> auth(channel).roleAdd(add);
            }
            case 13 -> deleteRole(role());
            case 14, 15, 16, 17, 18 -> grantPermission(role());
            case 19 -> {
                AuthRoleRevokePermissionRequest revoke = remember(AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role())
                        .setKey(key())
                        .setRangeEnd(end())
                        .build());
                yield channel -> auth(channel).roleRevokePermission(revoke);
            }
            case 20, 21 -> {
                AuthUserGetRequest get =
                        remember(AuthUserGetRequest.newBuilder().setName(user()).build());
                yield channel -> auth(channel).userGet(get);
            }
            case 22, 23 -> {
                // What the role of root may do is another answer in each version.
                String role = role().replace("root", "r0");
                AuthRoleGetRequest get =
                        remember(AuthRoleGetRequest.newBuilder().setRole(role).build());
                yield channel -> auth(channel).roleGet(get);
            }
            case 24 -> {
                AuthUserListRequest list = remember(AuthUserListRequest.getDefaultInstance());
                yield channel -> auth(channel).userList(list);
            }
            default -> listRoles();
        };
    }

    private Function<Channel, Message> deleteRole(String role) {
        AuthRoleDeleteRequest delete =
                remember(AuthRoleDeleteRequest.newBuilder().setRole(role).build());
        return channel -> auth(channel).roleDelete(delete);
    }

    private Function<Channel, Message> listRoles() {
        AuthRoleListRequest list = remember(AuthRoleListRequest.getDefaultInstance());
        return channel -> auth(channel).roleList(list);
    }

    /// No role gets more than a dozen: Go's sort, which puts them in order, keeps equals in their order up to there.
    private Function<Channel, Message> grantPermission(String role) {
        if (granted.merge(role, 1, Integer::sum) > PERMISSIONS_MAX) {
            if (!caller.equals("root")) return listRoles();
            granted.remove(role);
            return deleteRole(role);
        }
        ByteString key = key();
        // Without a permission in it, a 3.4 falls over.
        Permission permission = Permission.newBuilder()
                .setPermTypeValue(random.nextInt(3))
                .setKey(key)
                .setRangeEnd(endBehind(key))
                .build();
        AuthRoleGrantPermissionRequest request = remember(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(permission)
                .build());
        return channel -> auth(channel).roleGrantPermission(request);
    }

    private Function<Channel, Message> use() {
        return switch (random.nextInt(13)) {
            case 0, 1, 2 -> new Call(KVGrpc.getRangeMethod(), remember(range()));
            case 3, 4, 5 ->
                new Call(
                        KVGrpc.getPutMethod(),
                        remember(put().toBuilder().setPrevKv(oneIn(3)).build()));
            case 6 -> new Call(KVGrpc.getDeleteRangeMethod(), remember(delete()));
            case 7 -> watch();
            case 8, 9, 10 -> lease();
            default -> new Call(KVGrpc.getTxnMethod(), remember(txn()));
        };
    }

    /// What a 3.4 asks nobody about at all, only root does here.
    private Function<Channel, Message> lease() {
        long id = 1 + random.nextInt(LEASES);
        return switch (random.nextInt(caller.equals("root") ? 5 : 3)) {
            case 0, 1 ->
                new Call(
                        LeaseGrpc.getLeaseGrantMethod(),
                        remember(LeaseGrantRequest.newBuilder()
                                .setID(id)
                                .setTTL(10_000)
                                .build()));
            case 2 ->
                new Call(
                        LeaseGrpc.getLeaseRevokeMethod(),
                        remember(LeaseRevokeRequest.newBuilder().setID(id).build()));
            case 3 ->
                new Call(
                        LeaseGrpc.getLeaseKeepAliveMethod(),
                        remember(LeaseKeepAliveRequest.newBuilder().setID(id).build()));
            default ->
                new Call(
                        LeaseGrpc.getLeaseTimeToLiveMethod(),
                        remember(LeaseTimeToLiveRequest.newBuilder()
                                .setID(id)
                                .setKeys(oneIn(2))
                                .build()));
        };
    }

    /// A 3.4 lets also those who are nobody do some of it.
    static boolean needsUser(Function<Channel, Message> request) {
        return request instanceof Call call && call.method().getFullMethodName().contains("Lease");
    }

    private RangeRequest range() {
        ByteString key = key();
        return RangeRequest.newBuilder().setKey(key).setRangeEnd(end(key)).build();
    }

    private PutRequest put() {
        return PutRequest.newBuilder()
                .setKey(key())
                .setValue(ByteString.copyFromUtf8("v" + random.nextInt(100)))
                .setLease(oneIn(3) ? 1 + random.nextInt(LEASES) : 0)
                .build();
    }

    private DeleteRangeRequest delete() {
        ByteString key = key();
        return DeleteRangeRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(end(key))
                .setPrevKv(oneIn(3))
                .build();
    }

    /// None that etcd may let pass against its own rule, see [Duplicates].
    private TxnRequest txn() {
        int depth = caller.equals("root") ? 1 : 0;
        TxnRequest txn = txn(depth);
        while (Duplicates.in(txn) && !Duplicates.areSeenByEtcd(txn)) txn = txn(depth);
        return txn;
    }

    private TxnRequest txn(int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        if (oneIn(2)) {
            ByteString key = key();
            txn.addCompare(Compare.newBuilder()
                    .setKey(key)
                    .setRangeEnd(end(key))
                    .setTarget(Compare.CompareTarget.VERSION)
                    .setResult(Compare.CompareResult.EQUAL)
                    .setVersion(random.nextInt(3)));
        }
        for (int i = random.nextInt(3); i > 0; i--) txn.addSuccess(op(depth));
        for (int i = random.nextInt(3); i > 0; i--) txn.addFailure(op(depth));
        return txn.build();
    }

    private RequestOp op(int depth) {
        RequestOp.Builder op = RequestOp.newBuilder();
        return switch (random.nextInt(4)) {
            case 0 -> op.setRequestRange(range()).build();
            case 1 -> op.setRequestDeleteRange(delete()).build();
            case 2 -> (depth > 0 ? op.setRequestTxn(txn(depth - 1)) : op.setRequestRange(range())).build();
            default -> op.setRequestPut(put()).build();
        };
    }

    /// What a stream answers to the wish for a watch.
    private Function<Channel, Message> watch() {
        ByteString key = key();
        ByteString end = end(key);
        WatchCreateRequest create = remember(WatchCreateRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(end.equals(OPEN) ? ByteString.EMPTY : end)
                .build());
        return channel -> {
            CompletableFuture<WatchResponse> first = new CompletableFuture<>();
            StreamObserver<WatchRequest> stream = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
                @Override
                public void onNext(WatchResponse response) {
                    first.complete(response);
                }

                @Override
                public void onError(Throwable error) {
                    first.completeExceptionally(error);
                }

                @Override
                public void onCompleted() {}
            });
            stream.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
            WatchResponse response = first.join();
            stream.onCompleted();
            return response;
        };
    }
}
