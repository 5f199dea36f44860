package io.orlop.store.log;

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

    boolean isEmpty() {
        return source.at() == end;
    }

    Located next() {
        return PackedChanges.located(key(), source, segment);
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
}
