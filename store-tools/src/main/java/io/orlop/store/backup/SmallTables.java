package io.orlop.store.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.auth.AuthCodec;
import io.orlop.store.auth.AuthEntry;
import io.orlop.store.auth.AuthReplay;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Permission;
import io.orlop.store.auth.Role;
import io.orlop.store.auth.User;
import io.orlop.store.bolt.BoltReader;
import io.orlop.store.bolt.BoltWriter;
import io.orlop.store.engine.TableRow;
import io.orlop.store.log.LogRecord;
import io.orlop.store.proto.authpb.UserAddOptions;
import io.orlop.store.proto.etcdserverpb.AlarmMember;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.leasepb.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a store keeps beside its changes of keys, as our log says it and as etcd's tables have it.
///
/// ```
///   table        key                      value
///   alarm        an AlarmMember           nothing
///   auth         authEnabled              0 or 1, one byte
///                authRevision             8 bytes, big end first
///   authUsers    name                     a User
///   authRoles    name                     a Role
///   lease        id, 8 bytes              a Lease
///   meta         scheduledCompactRev      a revision as in the table of changes: what a compaction promised
///                finishedCompactRev       what it has done
///                consistent_index, term   8 bytes each: how far etcd's consensus is
///                confState                who takes part in it, as JSON
///   cluster, members, members_removed     who serves this; a restored etcd is told anew
/// ```
/// With `confState` and `term` but without `storageVersion` these are the tables of etcd 3.5: etcd 3.4 passes over what
/// it does not know, 3.6 takes them further. A version of the cluster is not said: an older etcd would refuse to start.
final class SmallTables {
    private static final String ALARM = "alarm";
    private static final String AUTH = "auth";
    private static final String USERS = "authUsers";
    private static final String ROLES = "authRoles";
    private static final String LEASE = "lease";
    private static final String META = "meta";
    private static final List<String> EMPTY = List.of("cluster", "members", "members_removed");

    private static final String ENABLED = "authEnabled";
    private static final String AUTH_REVISION = "authRevision";
    private static final String SCHEDULED = "scheduledCompactRev";
    private static final String FINISHED = "finishedCompactRev";
    private static final String INDEX = "consistent_index";
    private static final String TERM = "term";
    private static final String TAKES_PART = "confState";

    private final AuthReplay auth = new AuthReplay();
    private final TreeMap<Long, LogRecord.LeaseKept> leases = new TreeMap<>(Long::compareUnsigned);
    private final Set<Alarm> alarms = new LinkedHashSet<>();
    private long compacted = -1;

    /// Nothing before this revision can be read; -1 if all can.
    long compacted() {
        return compacted;
    }

    /// The log says this.
    void hear(LogRecord record) {
        switch (record) {
            case LogRecord.Checkpoint() -> {
                leases.clear();
                alarms.clear();
                auth.checkpoint();
            }
            case LogRecord.LeaseKept lease -> leases.put(lease.id(), lease);
            case LogRecord.LeaseEnded(long id) -> leases.remove(id);
            case LogRecord.CompactionScheduled(long revision) -> compacted = Math.max(compacted, revision);
            case LogRecord.Auth(Octets entry) -> auth.entry(AuthCodec.decode(entry));
            case LogRecord.AlarmSwitched(Alarm alarm, boolean on) -> {
                if (on) alarms.add(alarm);
                else alarms.remove(alarm);
            }
            case LogRecord.Put _, LogRecord.Tombstone _, LogRecord.CompactionFinished _, LogRecord.Sealed _ -> {}
        }
    }

    /// All of it, for the start of a segment.
    List<LogRecord> checkpoint() {
        List<LogRecord> records = new ArrayList<>();
        records.add(new LogRecord.Checkpoint());
        if (compacted >= 0) records.add(new LogRecord.CompactionScheduled(compacted));
        records.addAll(leases.values());
        for (AuthEntry entry : auth.state().since(AuthState.NEW)) {
            records.add(new LogRecord.Auth(AuthCodec.encode(entry)));
        }
        for (Alarm alarm : alarms) records.add(new LogRecord.AlarmSwitched(alarm, true));
        return records;
    }

    /// @param compactedNow what to say of compactions; may be less than the log's last word on it
    void writeTo(BoltWriter database, long revision, long compactedNow) throws IOException {
        for (String name : EMPTY) database.bucket(name);
        Table alarm = new Table();
        for (Alarm on : alarms) alarm.put(member(on).toByteArray(), new byte[0]);
        alarm.writeTo(database, ALARM);
        AuthState state = auth.state();
        Table switched = new Table();
        switched.put(ENABLED, new byte[] {(byte) (state.enabled() ? 1 : 0)});
        switched.put(AUTH_REVISION, number(state.revision()));
        switched.writeTo(database, AUTH);
        Table users = new Table();
        state.users().forEach((name, user) -> users.put(name, message(user).toByteArray()));
        users.writeTo(database, USERS);
        Table roles = new Table();
        state.roles().forEach((name, role) -> roles.put(name, message(role).toByteArray()));
        roles.writeTo(database, ROLES);
        Table kept = new Table();
        leases.forEach((id, lease) -> kept.put(number(id), message(lease).toByteArray()));
        kept.writeTo(database, LEASE);
        Table meta = new Table();
        if (compactedNow >= 0) {
            meta.put(SCHEDULED, TableRow.key(compactedNow, 0));
            meta.put(FINISHED, TableRow.key(compactedNow, 0));
        }
        // etcd's own index of its consensus is never less than its revision; whoever restores sets it anew.
        meta.put(INDEX, number(revision));
        meta.put(TERM, number(1));
        meta.put(TAKES_PART, "{\"auto_leave\":false}".getBytes(UTF_8));
        meta.writeTo(database, META);
    }

    /// Rows in the order of their bytes.
    private static final class Table {
        private final TreeMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);

        void put(String key, byte[] value) {
            put(key.getBytes(UTF_8), value);
        }

        void put(byte[] key, byte[] value) {
            rows.put(key, value);
        }

        void writeTo(BoltWriter database, String name) throws IOException {
            database.bucket(name);
            for (var row : rows.entrySet()) database.put(row.getKey(), row.getValue());
        }
    }

    static SmallTables read(BoltReader database) throws IOException {
        SmallTables tables = new SmallTables();
        database.rows(ALARM, (key, _) -> tables.alarm(AlarmMember.parseFrom(key)));
        boolean[] enabled = {false};
        long[] revision = {AuthState.NEW.revision()};
        database.rows(AUTH, (key, value) -> {
            String name = new String(key, UTF_8);
            if (name.equals(ENABLED)) enabled[0] = value.length == 1 && value[0] == 1;
            if (name.equals(AUTH_REVISION)) revision[0] = Math.max(revision[0], number(name, value));
        });
        database.rows(USERS, (_, value) -> tables.auth.entry(new AuthEntry.UserKept(user(value))));
        database.rows(ROLES, (_, value) -> tables.auth.entry(new AuthEntry.RoleKept(role(value))));
        tables.auth.entry(new AuthEntry.Switched(enabled[0], revision[0], 0));
        database.rows(LEASE, (_, value) -> tables.hear(lease(value)));
        database.rows(META, (key, value) -> {
            String name = new String(key, UTF_8);
            if (!name.equals(SCHEDULED) && !name.equals(FINISHED)) return;
            tables.compacted = Math.max(tables.compacted, number(name, Arrays.copyOf(value, Long.BYTES)));
        });
        return tables;
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static long number(String name, byte[] value) throws IOException {
        if (value.length != Long.BYTES) throw new IOException("the number " + name + " has " + value.length + " bytes");
        return ByteBuffer.wrap(value).getLong();
    }

    private static AlarmMember member(Alarm alarm) {
        AlarmType type =
                switch (alarm.kind()) {
                    case NO_SPACE -> AlarmType.NOSPACE;
                    case CORRUPT -> AlarmType.CORRUPT;
                };
        return AlarmMember.newBuilder()
                .setMemberID(alarm.member())
                .setAlarm(type)
                .build();
    }

    private void alarm(AlarmMember member) {
        switch (member.getAlarm()) {
            case NOSPACE -> alarms.add(new Alarm(member.getMemberID(), Alarm.Kind.NO_SPACE));
            case CORRUPT -> alarms.add(new Alarm(member.getMemberID(), Alarm.Kind.CORRUPT));
            case NONE, UNRECOGNIZED -> {}
        }
    }

    /// The time left is rounded up: a lease may live longer, never shorter.
    private static Lease message(LogRecord.LeaseKept lease) {
        long left = Math.max(1, Math.ceilDiv(lease.remainingMs(), 1000));
        return Lease.newBuilder()
                .setID(lease.id())
                .setTTL(lease.ttlSeconds())
                .setRemainingTTL(left < lease.ttlSeconds() ? left : 0)
                .build();
    }

    private static LogRecord lease(byte[] value) throws InvalidProtocolBufferException {
        Lease lease = Lease.parseFrom(value);
        long left = lease.getRemainingTTL() > 0 ? lease.getRemainingTTL() : lease.getTTL();
        return new LogRecord.LeaseKept(lease.getID(), lease.getTTL(), left * 1000);
    }

    private static io.orlop.store.proto.authpb.User message(User user) {
        var message = io.orlop.store.proto.authpb.User.newBuilder()
                .setName(ByteString.copyFromUtf8(user.name()))
                .setPassword(ByteString.copyFromUtf8(user.passwordHash()))
                .addAllRoles(user.roles());
        if (user.withoutPassword())
            message.setOptions(UserAddOptions.newBuilder().setNoPassword(true));
        return message.build();
    }

    private static User user(byte[] value) throws InvalidProtocolBufferException {
        var message = io.orlop.store.proto.authpb.User.parseFrom(value);
        return new User(
                message.getName().toStringUtf8(),
                message.getPassword().toStringUtf8(),
                message.getOptions().getNoPassword(),
                new TreeSet<>(message.getRolesList()));
    }

    private static io.orlop.store.proto.authpb.Role message(Role role) {
        var message = io.orlop.store.proto.authpb.Role.newBuilder().setName(ByteString.copyFromUtf8(role.name()));
        for (Permission permission : role.permissions()) {
            message.addKeyPermissionBuilder()
                    .setPermType(
                            switch (permission.kind()) {
                                case READ -> io.orlop.store.proto.authpb.Permission.Type.READ;
                                case WRITE -> io.orlop.store.proto.authpb.Permission.Type.WRITE;
                                case READ_WRITE -> io.orlop.store.proto.authpb.Permission.Type.READWRITE;
                            })
                    .setKey(ByteString.copyFrom(permission.keys().from().array()))
                    .setRangeEnd(ByteString.copyFrom(permission.keys().to().array()));
        }
        return message.build();
    }

    private static Role role(byte[] value) throws IOException {
        var message = io.orlop.store.proto.authpb.Role.parseFrom(value);
        List<Permission> permissions = new ArrayList<>();
        for (var permission : message.getKeyPermissionList()) {
            Permission.Kind kind =
                    switch (permission.getPermType()) {
                        case READ -> Permission.Kind.READ;
                        case WRITE -> Permission.Kind.WRITE;
                        case READWRITE -> Permission.Kind.READ_WRITE;
                        case UNRECOGNIZED ->
                            throw new IOException(
                                    "the role " + message.getName().toStringUtf8()
                                            + " has a permission of unknown kind " + permission.getPermTypeValue());
                    };
            Octets from = Octets.wrap(permission.getKey().toByteArray());
            Octets to = Octets.wrap(permission.getRangeEnd().toByteArray());
            permissions.add(new Permission(kind, new KeyRange(from, to)));
        }
        return new Role(message.getName().toStringUtf8(), permissions);
    }
}
