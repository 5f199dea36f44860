package io.orlop.store.etcd;

import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Permission;
import io.orlop.store.auth.Role;
import io.orlop.store.auth.User;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.AuthDisableRequest;
import io.orlop.store.proto.etcdserverpb.AuthDisableResponse;
import io.orlop.store.proto.etcdserverpb.AuthEnableRequest;
import io.orlop.store.proto.etcdserverpb.AuthEnableResponse;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthRoleAddRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleAddResponse;
import io.orlop.store.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleDeleteResponse;
import io.orlop.store.proto.etcdserverpb.AuthRoleGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleGetResponse;
import io.orlop.store.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleGrantPermissionResponse;
import io.orlop.store.proto.etcdserverpb.AuthRoleListRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleListResponse;
import io.orlop.store.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.orlop.store.proto.etcdserverpb.AuthRoleRevokePermissionResponse;
import io.orlop.store.proto.etcdserverpb.AuthStatusRequest;
import io.orlop.store.proto.etcdserverpb.AuthStatusResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserAddRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserAddResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserChangePasswordResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserDeleteRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserDeleteResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserGetRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserGetResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserGrantRoleResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserListRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserListResponse;
import io.orlop.store.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserRevokeRoleResponse;
import io.orlop.store.proto.etcdserverpb.AuthenticateRequest;
import io.orlop.store.proto.etcdserverpb.AuthenticateResponse;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.token.Passwords;
import io.orlop.store.token.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// Users, roles and permissions over the wire.
final class AuthService extends AuthGrpc.AuthImplBase {
    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;
    private final Tokens tokens;
    private final Passwords passwords;
    private final Hashing hashing;

    AuthService(
            MvccStore store, Identity identity, Callers callers, Tokens tokens, Passwords passwords, Hashing hashing) {
        this.store = store;
        this.identity = identity;
        this.callers = callers;
        this.tokens = tokens;
        this.passwords = passwords;
        this.hashing = hashing;
    }

    private ResponseHeader header() {
        return identity.header(store.revision());
    }

    private <R> void change(AuthChange change, StreamObserver<R> client, Supplier<R> answer) {
        Answer.send(store.change(change, callers.current()), client, _ -> answer.get());
    }

    /// A change that hashes a password first.
    private <R> void change(Supplier<AuthChange> change, StreamObserver<R> client, Supplier<R> answer) {
        Caller caller = callers.current();
        Answer.send(hashing.ask(change).thenCompose(made -> store.change(made, caller)), client, _ -> answer.get());
    }

    private <R> void read(StreamObserver<R> client, Function<AuthState, R> answer) {
        Answer.send(CompletableFuture.completedFuture(store.auth()), client, answer);
    }

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> client) {
        change(new AuthChange.Enable(), client, () -> AuthEnableResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> client) {
        change(new AuthChange.Disable(), client, () -> AuthDisableResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> client) {
        read(client, state -> AuthStatusResponse.newBuilder()
                .setHeader(header())
                .setEnabled(state.enabled())
                .setAuthRevision(state.revision())
                .build());
    }

    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> client) {
        Answer.send(
                hashing.ask(() -> token(request.getName(), request.getPassword())),
                client,
                token -> AuthenticateResponse.newBuilder()
                        .setHeader(header())
                        .setToken(token)
                        .build());
    }

    private String token(String name, String password) {
        while (true) {
            AuthState state = store.auth();
            if (!state.enabled()) throw new DeniedException(Denial.AUTH_NOT_ENABLED);
            User user = state.user(name);
            if (user == null) throw new DeniedException(Denial.AUTH_FAILED);
            if (user.withoutPassword()) throw new DeniedException(Denial.AUTH_WITHOUT_PASSWORD);
            if (!passwords.matches(password, user.passwordHash())) throw new DeniedException(Denial.AUTH_FAILED);
            // It took a while; the password may be another by now.
            if (store.auth().revision() == state.revision()) return tokens.issue(user, state, store.sequence());
        }
    }

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> client) {
        boolean withoutPassword = request.getOptions().getNoPassword();
        Supplier<AuthChange> add = () -> new AuthChange.AddUser(
                request.getName(), withoutPassword ? "" : passwords.hash(request.getPassword()), withoutPassword);
        change(add, client, () -> AuthUserAddResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> client) {
        read(client, state -> {
            callers.rights().requireSelf(request.getName());
            User user = state.user(request.getName());
            if (user == null) throw new DeniedException(Denial.USER_NOT_FOUND);
            return AuthUserGetResponse.newBuilder()
                    .setHeader(header())
                    .addAllRoles(user.roles())
                    .build();
        });
    }

    @Override
    public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> client) {
        read(client, state -> AuthUserListResponse.newBuilder()
                .setHeader(header())
                .addAllUsers(state.users().keySet())
                .build());
    }

    @Override
    public void userDelete(AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> client) {
        change(new AuthChange.DeleteUser(request.getName()), client, () -> AuthUserDeleteResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void userChangePassword(
            AuthUserChangePasswordRequest request, StreamObserver<AuthUserChangePasswordResponse> client) {
        Supplier<AuthChange> change = () -> new AuthChange.ChangePassword(
                request.getName(),
                request.getPassword().isEmpty()
                        ? hashed(request.getHashedPassword())
                        : passwords.hash(request.getPassword()));
        change(change, client, () -> AuthUserChangePasswordResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    /// Those who hash a password themselves send it so.
    private static String hashed(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            throw new DeniedException(Denial.AUTH_WITHOUT_PASSWORD);
        }
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> client) {
        AuthChange grant = new AuthChange.GrantRole(request.getUser(), request.getRole());
        change(grant, client, () -> AuthUserGrantRoleResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void userRevokeRole(AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> client) {
        AuthChange revoke = new AuthChange.RevokeRole(request.getName(), request.getRole());
        change(revoke, client, () -> AuthUserRevokeRoleResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> client) {
        change(new AuthChange.AddRole(request.getName()), client, () -> AuthRoleAddResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> client) {
        read(client, state -> {
            callers.rights().requireRole(request.getRole());
            Role role = state.roles().get(request.getRole());
            if (role == null) throw new DeniedException(Denial.ROLE_NOT_FOUND);
            AuthRoleGetResponse.Builder response =
                    AuthRoleGetResponse.newBuilder().setHeader(header());
            if (role.name().equals(Role.ROOT)) response.addPerm(Encoding.everything());
            else for (Permission permission : role.permissions()) response.addPerm(Encoding.permission(permission));
            return response.build();
        });
    }

    @Override
    public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> client) {
        read(client, state -> AuthRoleListResponse.newBuilder()
                .setHeader(header())
                .addAllRoles(state.roles().keySet())
                .build());
    }

    @Override
    public void roleDelete(AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> client) {
        change(new AuthChange.DeleteRole(request.getRole()), client, () -> AuthRoleDeleteResponse.newBuilder()
                .setHeader(header())
                .build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> client) {
        Permission permission;
        try {
            permission = request.hasPerm() ? Decoding.permission(request.getPerm()) : null;
        } catch (DeniedException denied) {
            client.onError(Denials.status(denied.denial()));
            return;
        }
        change(
                new AuthChange.GrantPermission(request.getName(), permission),
                client,
                () -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(header())
                        .build());
    }

    @Override
    public void roleRevokePermission(
            AuthRoleRevokePermissionRequest request, StreamObserver<AuthRoleRevokePermissionResponse> client) {
        KeyRange keys = new KeyRange(Decoding.octets(request.getKey()), Decoding.octets(request.getRangeEnd()));
        change(
                new AuthChange.RevokePermission(request.getRole(), keys),
                client,
                () -> AuthRoleRevokePermissionResponse.newBuilder()
                        .setHeader(header())
                        .build());
    }
}
