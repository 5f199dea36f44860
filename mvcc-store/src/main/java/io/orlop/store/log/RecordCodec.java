package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.disk.bytes.Checksum;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;

/// Records as bytes. Each has a checksum of its own beside the frame's, because a read of one value does not read the
/// frame around it.
///
/// ```
///  0      1            5             9
///  +------+------------+-------------+----------------------------------------+
///  | kind | CRC32C     | body length | body                                   |
///  +------+------------+-------------+----------------------------------------+
///            of all after it           put: main sub create version lease |key| key value
///                                      tombstone: main sub key
/// ```
/// Numbers in a body are varints, seven bits a byte, low first.
final class RecordCodec {
    static final int HEAD_BYTES = 9;
    static final int LENGTH_AT = 5;

    private static final int PUT = 1;
    private static final int TOMBSTONE = 2;
    private static final int LEASE_KEPT = 3;
    private static final int LEASE_ENDED = 4;
    private static final int COMPACTION_SCHEDULED = 5;
    private static final int COMPACTION_FINISHED = 6;
    private static final int CHECKPOINT = 7;
    private static final int SEALED = 8;
    private static final int AUTH = 16;
    private static final int ALARM_SWITCHED = 17;

    private static final int NO_SPACE = 1;
    private static final int CORRUPT = 2;

    private RecordCodec() {}

    static void encode(LogRecord record, ByteSink sink) {
        int start = sink.size();
        sink.putByte(kind(record));
        sink.skip(HEAD_BYTES - 1);
        switch (record) {
            case LogRecord.Put(KeyValue kv, int sub) -> {
                sink.putVarint(kv.modRevision());
                sink.putVarint(sub);
                sink.putVarint(kv.createRevision());
                sink.putVarint(kv.version());
                sink.putVarint(kv.lease());
                sink.putVarint(kv.key().length());
                sink.putBytes(kv.key().array());
                sink.putBytes(kv.value().array());
            }
            case LogRecord.Tombstone(Octets key, long main, int sub) -> {
                sink.putVarint(main);
                sink.putVarint(sub);
                sink.putBytes(key.array());
            }
            case LogRecord.LeaseKept(long id, long ttlSeconds, long remainingMs) -> {
                sink.putVarint(id);
                sink.putVarint(ttlSeconds);
                sink.putVarint(remainingMs);
            }
            case LogRecord.LeaseEnded(long id) -> sink.putVarint(id);
            case LogRecord.CompactionScheduled(long revision) -> sink.putVarint(revision);
            case LogRecord.CompactionFinished(long revision) -> sink.putVarint(revision);
            case LogRecord.Auth(Octets entry) -> sink.putBytes(entry.array());
            case LogRecord.AlarmSwitched(Alarm alarm, boolean on) -> {
                sink.putVarint(alarm.member());
                sink.putByte(alarmCode(alarm.kind()));
                sink.putByte(on ? 1 : 0);
            }
            case LogRecord.Checkpoint() -> {}
            case LogRecord.Sealed() -> {}
        }
        sink.setInt(start + LENGTH_AT, sink.size() - start - HEAD_BYTES);
        sink.setInt(start + 1, sink.crc(start + 5, sink.size()));
    }

    /// The length of the record that starts here, head included.
    static long lengthAt(byte[] bytes, int at) {
        return HEAD_BYTES + Integer.toUnsignedLong(ByteSource.intAt(bytes, at + LENGTH_AT));
    }

    static boolean intactAt(byte[] bytes, int at, int length) {
        return ByteSource.intAt(bytes, at + 1) == Checksum.of(bytes, at + 5, at + length);
    }

    static boolean isSealed(byte[] bytes, int at) {
        return bytes[at] == SEALED;
    }

    /// Whether the record is a put or a tombstone of a revision after this one.
    static boolean isChangeAfter(long revision, byte[] bytes, int at) {
        return isChange(bytes, at) && new ByteSource(bytes, at + HEAD_BYTES).varint() > revision;
    }

    static boolean isPut(byte[] bytes, int at) {
        return bytes[at] == PUT;
    }

    static boolean isChange(byte[] bytes, int at) {
        return bytes[at] == PUT || bytes[at] == TOMBSTONE;
    }

    static LogRecord decode(byte[] bytes, int at, int length, boolean withValue) {
        ByteSource body = new ByteSource(bytes, at + HEAD_BYTES);
        int end = at + length;
        return switch (bytes[at]) {
            case PUT -> put(body, end, withValue);
            case TOMBSTONE -> {
                long main = body.varint();
                int sub = (int) body.varint();
                yield new LogRecord.Tombstone(Octets.wrap(body.bytes(end - body.at())), main, sub);
            }
            case LEASE_KEPT -> new LogRecord.LeaseKept(body.varint(), body.varint(), body.varint());
            case LEASE_ENDED -> new LogRecord.LeaseEnded(body.varint());
            case COMPACTION_SCHEDULED -> new LogRecord.CompactionScheduled(body.varint());
            case COMPACTION_FINISHED -> new LogRecord.CompactionFinished(body.varint());
            case CHECKPOINT -> new LogRecord.Checkpoint();
            case SEALED -> new LogRecord.Sealed();
            case AUTH -> new LogRecord.Auth(Octets.wrap(body.bytes(end - body.at())));
            case ALARM_SWITCHED -> {
                long member = body.varint();
                Alarm.Kind kind = body.varint() == NO_SPACE ? Alarm.Kind.NO_SPACE : Alarm.Kind.CORRUPT;
                yield new LogRecord.AlarmSwitched(new Alarm(member, kind), body.varint() != 0);
            }
            default ->
                throw new IllegalStateException("a record of unknown kind " + bytes[at]
                        + ": the log was written by a newer version of the store; start that one");
        };
    }

    private static LogRecord.Put put(ByteSource body, int end, boolean withValue) {
        long main = body.varint();
        int sub = (int) body.varint();
        long create = body.varint();
        long version = body.varint();
        long lease = body.varint();
        Octets key = Octets.wrap(body.bytes((int) body.varint()));
        Octets value = withValue ? Octets.wrap(body.bytes(end - body.at())) : Octets.EMPTY;
        return new LogRecord.Put(new KeyValue(key, value, create, main, version, lease), sub);
    }

    private static int alarmCode(Alarm.Kind kind) {
        return switch (kind) {
            case NO_SPACE -> NO_SPACE;
            case CORRUPT -> CORRUPT;
        };
    }

    private static int kind(LogRecord record) {
        return switch (record) {
            case LogRecord.Put _ -> PUT;
            case LogRecord.Tombstone _ -> TOMBSTONE;
            case LogRecord.LeaseKept _ -> LEASE_KEPT;
            case LogRecord.LeaseEnded _ -> LEASE_ENDED;
            case LogRecord.CompactionScheduled _ -> COMPACTION_SCHEDULED;
            case LogRecord.CompactionFinished _ -> COMPACTION_FINISHED;
            case LogRecord.AlarmSwitched _ -> ALARM_SWITCHED;
            case LogRecord.Checkpoint _ -> CHECKPOINT;
            case LogRecord.Sealed _ -> SEALED;
            case LogRecord.Auth _ -> AUTH;
        };
    }
}
