package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSource;
import io.orlop.store.api.Octets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Some of the changes in a footer, one after the other: see [Footer].
final class FooterChunk {
    private static final int KEY_BYTES_AT_FIRST = 64;

    private final byte[] body;
    private final ByteSource source;
    private final int segment;
    private byte[] key = new byte[KEY_BYTES_AT_FIRST];
    private int keyLength;

    /// Where the numbers of the change are that was read last.
    private int numbersAt;

    private long main;
    private int sub;

    FooterChunk(byte[] body, int segment) {
        this.body = body;
        this.source = new ByteSource(body, 0);
        this.segment = segment;
    }

    boolean isEmpty() {
        return source.at() == body.length;
    }

    Located next() {
        advance();
        return located();
    }

    private void advance() {
        int shared = (int) source.varint();
        int rest = (int) source.varint();
        keyLength = shared + rest;
        if (keyLength > key.length) key = Arrays.copyOf(key, Math.max(keyLength, 2 * key.length));
        source.bytes(key, shared, rest);
        numbersAt = source.at();
        main = source.varint();
        sub = (int) source.varint();
        boolean tombstone = source.varint() == 0;
        for (int i = tombstone ? 2 : 4; i > 0; i--) source.varint();
    }

    private Located located() {
        Octets octets = Octets.wrap(Arrays.copyOf(key, keyLength));
        return PackedChanges.located(octets, new ByteSource(body, numbersAt), segment);
    }

    /// The last change of this key before that one, as far as it is here.
    @Nullable
    Located lastBefore(byte[] wanted, long beforeMain, int beforeSub) {
        int found = -1;
        while (!isEmpty()) {
            advance();
            int compared = Arrays.compareUnsigned(key, 0, keyLength, wanted, 0, wanted.length);
            if (compared > 0 || compared == 0 && !isBefore(beforeMain, beforeSub)) break;
            if (compared == 0) found = numbersAt;
        }
        return found < 0 ? null : PackedChanges.located(Octets.wrap(wanted), new ByteSource(body, found), segment);
    }

    private boolean isBefore(long otherMain, int otherSub) {
        return main < otherMain || main == otherMain && sub < otherSub;
    }
}
