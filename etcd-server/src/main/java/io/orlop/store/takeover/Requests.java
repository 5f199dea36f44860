package io.orlop.store.takeover;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.etcd.Decoding;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.etcdserverpb.AuthUserAddRequest;
import io.orlop.store.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.orlop.store.proto.walpb.Entry;
import io.orlop.store.proto.walpb.InternalRaftRequest;
import io.orlop.store.proto.walpb.RequestHeader;
import io.orlop.store.proto.walpb.V2Request;
import io.orlop.store.token.Passwords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Does what the entries of a write-ahead log ask for, as etcd would when it starts: one after the other, for the one
/// who asked, by what is stored at that point. Some of them were refused, or are in the database already because a
/// change without a revision does not always move its mark; those are refused now.
final class Requests {
    /// What etcd refuses when it does what is in its log, for the same state as here. All else it would have refused
    /// before that, or never: it did the change, and here it could not be done.
    private static final Set<Denial> ETCDS_OWN = EnumSet.of(
            Denial.KEY_NOT_FOUND,
            Denial.COMPACTED,
            Denial.FUTURE_REVISION,
            Denial.LEASE_NOT_FOUND,
            Denial.LEASE_EXISTS,
            Denial.LEASE_TTL_TOO_LARGE,
            Denial.ROOT_USER_MISSING,
            Denial.ROOT_ROLE_MISSING,
            Denial.USER_EMPTY,
            Denial.USER_EXISTS,
            Denial.USER_NOT_FOUND,
            Denial.ROLE_EMPTY,
            Denial.ROLE_EXISTS,
            Denial.ROLE_NOT_FOUND,
            Denial.ROLE_NOT_GRANTED,
            Denial.PERMISSION_NOT_GIVEN,
            Denial.PERMISSION_NOT_GRANTED,
            Denial.PERMISSION_DENIED,
            Denial.AUTH_OLD_REVISION,
            Denial.INVALID_AUTH_MANAGEMENT,
            Denial.CORRUPT);

    private final MvccStore store;
    private final Passwords passwords = new Passwords(Passwords.COST_USUAL);

    Requests(MvccStore store) {
        this.store = store;
    }

    /// @throws IOException if it asks for something that we do not know how to do, or cannot do here
    void apply(Entry entry) throws IOException {
        if (entry.getType() != Entry.Type.NORMAL || entry.getData().isEmpty()) return;
        try {
            apply(request(entry)).join();
        } catch (DeniedException senseless) {
            // Refused before any state was looked at; etcd lets it pass, or it would not be in the log.
            throw cannot(entry, senseless);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof DeniedException denied)) throw e;
            if (!isEtcdsToo(denied.denial())) throw cannot(entry, denied);
        }
    }

    /// Want of room is etcd's only while its own alarm is on; what the store finds is want of its own memory.
    private boolean isEtcdsToo(Denial denial) {
        if (denial == Denial.NO_SPACE) return store.maintenance().isSwitched(Alarm.Kind.NO_SPACE);
        return ETCDS_OWN.contains(denial);
    }

    private IOException cannot(Entry entry, DeniedException denied) {
        String why =
                switch (denied.denial()) {
                    case NO_SPACE ->
                        "has no room in memory: " + store.memoryTaken() + "; start it with a larger heap (-Xmx)";
                    case TOO_MANY_REQUESTS ->
                        "is too much at once for the memory that this store has; start it with a larger heap (-Xmx)";
                    case READ_ONLY, STOPPED -> "was not written: " + failed(store.failure());
                    default -> "asks for what this store refuses: " + denied.getMessage();
                };
        return new IOException("entry " + entry.getIndex() + " of the write-ahead log " + why, denied);
    }

    static String failed(@Nullable Throwable failure) {
        return "the disk failed that this store is made on, " + failure + "; see that it is well and has room";
    }

    /// The API before v3 shares the log; what it holds is not served here.
    private static InternalRaftRequest request(Entry entry) throws IOException {
        try {
            return InternalRaftRequest.parseFrom(entry.getData());
        } catch (InvalidProtocolBufferException notOfV3) {
            if (V2Request.parseFrom(entry.getData()).getMethod().isEmpty()) throw notOfV3;
            return InternalRaftRequest.newBuilder()
                    .setV2(io.orlop.store.proto.walpb.Nothing.getDefaultInstance())
                    .build();
        }
    }

    private CompletableFuture<?> apply(InternalRaftRequest request) throws IOException {
        Caller caller = caller(request.getHeader());
        if (request.hasPut()) return store.submit(Decoding.put(request.getPut()), caller);
        if (request.hasDeleteRange()) return store.submit(Decoding.delete(request.getDeleteRange()), caller);
        if (request.hasTxn()) return store.submit(Decoding.txn(request.getTxn()), caller);
        if (request.hasCompaction()) {
            return store.compact(request.getCompaction().getRevision(), true);
        }
        if (request.hasLeaseGrant()) {
            return store.grantLease(
                    request.getLeaseGrant().getID(), request.getLeaseGrant().getTTL());
        }
        if (request.hasLeaseRevoke()) return revoke(request.getLeaseRevoke().getID(), caller);
        if (request.hasAlarm()) return alarm(request.getAlarm());
        AuthChange change = change(request);
        if (change != null) return store.change(change, caller);
        if (isOfNoEffect(request)) return CompletableFuture.completedFuture(null);
        throw new IOException("it asks for something unknown: "
                + request.getUnknownFields().asMap().keySet());
    }

    /// Under one revision, as it was in etcd: what comes after it counts on that.
    private CompletableFuture<?> revoke(long lease, Caller caller) {
        long before = store.revision();
        return store.revokeLease(lease, caller).thenAccept(after -> {
            if (after > before + 1) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
        });
    }

    private static Caller caller(RequestHeader header) {
        return header.getUsername().isEmpty()
                ? Caller.NOBODY
                : new Caller.Named(header.getUsername(), header.getAuthRevision());
    }

    /// What was only read, who is a member, and how much time a lease had left: here it has all of it again.
    private static boolean isOfNoEffect(InternalRaftRequest request) {
        return request.hasV2()
                || request.hasRange()
                || request.hasLeaseCheckpoint()
                || request.hasAuthenticate()
                || request.hasAuthStatus()
                || request.hasAuthUserGet()
                || request.hasAuthUserList()
                || request.hasAuthRoleGet()
                || request.hasAuthRoleList()
                || request.hasClusterVersionSet()
                || request.hasClusterMemberAttrSet()
                || request.hasDowngradeInfoSet();
    }

    private CompletableFuture<?> alarm(AlarmRequest request) {
        AlarmType type = request.getAlarm();
        boolean on = request.getAction() == AlarmRequest.AlarmAction.ACTIVATE;
        if (!on && request.getAction() != AlarmRequest.AlarmAction.DEACTIVATE) type = AlarmType.NONE;
        return switch (type) {
            case NONE, UNRECOGNIZED -> CompletableFuture.completedFuture(List.of());
            case NOSPACE -> store.maintenance().switchAlarm(new Alarm(request.getMemberID(), Alarm.Kind.NO_SPACE), on);
            case CORRUPT -> store.maintenance().switchAlarm(new Alarm(request.getMemberID(), Alarm.Kind.CORRUPT), on);
        };
    }

    private @Nullable AuthChange change(InternalRaftRequest request) {
        if (request.hasAuthEnable()) return new AuthChange.Enable();
        if (request.hasAuthDisable()) return new AuthChange.Disable();
        if (request.hasAuthUserAdd()) return add(request.getAuthUserAdd());
        if (request.hasAuthUserDelete()) {
            return new AuthChange.DeleteUser(request.getAuthUserDelete().getName());
        }
        if (request.hasAuthUserChangePassword()) return changed(request.getAuthUserChangePassword());
        if (request.hasAuthUserGrantRole()) {
            var grant = request.getAuthUserGrantRole();
            return new AuthChange.GrantRole(grant.getUser(), grant.getRole());
        }
        if (request.hasAuthUserRevokeRole()) {
            var revoke = request.getAuthUserRevokeRole();
            return new AuthChange.RevokeRole(revoke.getName(), revoke.getRole());
        }
        if (request.hasAuthRoleAdd())
            return new AuthChange.AddRole(request.getAuthRoleAdd().getName());
        if (request.hasAuthRoleDelete()) {
            return new AuthChange.DeleteRole(request.getAuthRoleDelete().getRole());
        }
        if (request.hasAuthRoleGrantPermission()) {
            var grant = request.getAuthRoleGrantPermission();
            return new AuthChange.GrantPermission(
                    grant.getName(), grant.hasPerm() ? Decoding.permission(grant.getPerm()) : null);
        }
        if (request.hasAuthRoleRevokePermission()) {
            var revoke = request.getAuthRoleRevokePermission();
            KeyRange keys = new KeyRange(Decoding.octets(revoke.getKey()), Decoding.octets(revoke.getRangeEnd()));
            return new AuthChange.RevokePermission(revoke.getRole(), keys);
        }
        return null;
    }

    private AuthChange add(AuthUserAddRequest request) {
        boolean without = request.getOptions().getNoPassword();
        String hash = without ? "" : hash(request.getPassword(), request.getHashedPassword());
        return new AuthChange.AddUser(request.getName(), hash, without);
    }

    private AuthChange changed(AuthUserChangePasswordRequest request) {
        return new AuthChange.ChangePassword(
                request.getName(), hash(request.getPassword(), request.getHashedPassword()));
    }

    /// Newer ones write the hash into their log, older ones the password.
    private String hash(String password, String hashed) {
        if (hashed.isEmpty()) return passwords.hash(password);
        return new String(Base64.getDecoder().decode(hashed), StandardCharsets.US_ASCII);
    }
}
