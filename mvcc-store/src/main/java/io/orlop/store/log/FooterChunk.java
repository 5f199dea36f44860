package io.orlop.store.log;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;

/// Some of the changes in a footer, as bytes: see [Footer].
final class FooterChunk {
    private final ByteSource source;
    private final int end;
    private final int segment;
    private byte[] before = new byte[0];

    FooterChunk(byte[] body, int segment) {
        this.source = new ByteSource(body, 0);
        this.end = body.length;
        this.segment = segment;
    }

    /// @param before the key of the change before this one in the chunk, empty for the first
    static void put(ByteSink sink, byte[] before, Located located) {
        byte[] key = located.key().array();
        int shared = 0;
        int sharedMax = Math.min(before.length, key.length);
        while (shared < sharedMax && before[shared] == key[shared]) shared++;
        sink.putVarint(shared);
        sink.putVarint(key.length - shared);
        sink.putBytes(key, shared, key.length - shared);
        switch (located.change()) {
            case LogRecord.Put(KeyValue kv, int sub) -> {
                sink.putVarint(kv.modRevision());
                sink.putVarint(sub);
                sink.putVarint(kv.createRevision());
                sink.putVarint(kv.version());
                sink.putVarint(kv.lease());
            }
            case LogRecord.Tombstone(Octets _, long main, int sub) -> {
                sink.putVarint(main);
                sink.putVarint(sub);
                sink.putVarint(0);
            }
            case LogRecord.LeaseKept _,
                    LogRecord.LeaseEnded _,
                    LogRecord.Auth _,
                    LogRecord.CompactionScheduled _,
                    LogRecord.CompactionFinished _,
                    LogRecord.AlarmSwitched _,
                    LogRecord.Checkpoint _,
                    LogRecord.Sealed _ -> throw new IllegalArgumentException(located.change() + " changes no key");
        }
        sink.putVarint(Location.offset(located.location()));
    }

    boolean isEmpty() {
        return source.at() == end;
    }

    Located next() {
        Octets key = key();
        long main = source.varint();
        int sub = (int) source.varint();
        long create = source.varint();
        if (create == 0) return located(key, new LogRecord.Tombstone(key, main, sub));
        long version = source.varint();
        long lease = source.varint();
        KeyValue kv = new KeyValue(key, Octets.EMPTY, create, main, version, lease);
        return located(key, new LogRecord.Put(kv, sub));
    }

    private Octets key() {
        int shared = (int) source.varint();
        int rest = (int) source.varint();
        byte[] key = new byte[shared + rest];
        System.arraycopy(before, 0, key, 0, shared);
        source.bytes(key, shared, rest);
        before = key;
        return Octets.wrap(key);
    }

    private Located located(Octets key, LogRecord change) {
        return new Located(key, change, Location.of(segment, source.varint()));
    }
}
