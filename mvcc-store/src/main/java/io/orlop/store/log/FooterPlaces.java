package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import java.util.Arrays;

/// Where the chunks of a footer are, and the change that each begins with: about a hundredth of the footer, in memory.
/// ```
///   chunk     0              1              2
///   begins    /a at 7        /f at 3        /f at 90        the changes of one key may fill several
///   offset    4096           8190           12270
/// ```
final class FooterPlaces {
    /// A segment of which nothing is left has no chunk, and there may be many of them.
    private static final int CHUNKS_AT_FIRST = 4;

    private static final int KEY_BYTES_AT_FIRST = 64;

    private final ByteSink keys = new ByteSink(KEY_BYTES_AT_FIRST);
    private int[] keyEnds = new int[CHUNKS_AT_FIRST];
    private long[] mains = new long[CHUNKS_AT_FIRST];
    private int[] subs = new int[CHUNKS_AT_FIRST];
    private long[] offsets = new long[CHUNKS_AT_FIRST];
    private int count;

    /// About how many bytes of memory they take.
    long bytes() {
        return keys.array().length + (Integer.BYTES + Integer.BYTES + 2L * Long.BYTES) * offsets.length;
    }

    int count() {
        return count;
    }

    long offset(int chunk) {
        return offsets[chunk];
    }

    /// @param body a chunk that is whole
    void add(long offset, byte[] body) {
        if (count == offsets.length) grow();
        ByteSource first = new ByteSource(body, 0);
        first.varint();
        int length = (int) first.varint();
        keys.putBytes(body, first.at(), length);
        first.skip(length);
        keyEnds[count] = keys.size();
        mains[count] = first.varint();
        subs[count] = (int) first.varint();
        offsets[count++] = offset;
    }

    private void grow() {
        keyEnds = Arrays.copyOf(keyEnds, 2 * count);
        mains = Arrays.copyOf(mains, 2 * count);
        subs = Arrays.copyOf(subs, 2 * count);
        offsets = Arrays.copyOf(offsets, 2 * count);
    }

    /// The last chunk that begins before this change of this key; -1 if none does. What the key did before that change
    /// and is in the footer at all, its last of it is in there.
    int lastBefore(byte[] key, long main, int sub) {
        int low = -1;
        int high = count;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (isBefore(middle, key, main, sub)) low = middle;
            else high = middle;
        }
        return low;
    }

    private boolean isBefore(int chunk, byte[] key, long main, int sub) {
        int from = chunk == 0 ? 0 : keyEnds[chunk - 1];
        int compared = Arrays.compareUnsigned(keys.array(), from, keyEnds[chunk], key, 0, key.length);
        if (compared != 0) return compared < 0;
        return mains[chunk] < main || mains[chunk] == main && subs[chunk] < sub;
    }
}
