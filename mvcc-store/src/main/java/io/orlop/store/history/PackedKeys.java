package io.orlop.store.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Some keys in order, in one array: what all of them begin with once, then the rest of each.
/// ```
///   /volumes/a1  /volumes/a2  /volumes/b        bytes  "/volumes/" "a1" "a2" "b"
///                                               ends               12   14   15
///   /volumes/a1  /volumes/a2  /volumes/b7       bytes  "/volumes/" "a1" "a2" "b7"
///                                               width  2
/// ```
/// Where the rests are all as long as each other, as numbers and ids are, nobody has to note where each of them ends.
/// Does not change.
final class PackedKeys {
    private static final int HEADS_BYTES = 72;

    static final PackedKeys NONE = new PackedKeys(new byte[0], 0, 0, 0, null);

    private static final VarHandle HEAD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private final byte[] bytes;
    private final int shared;
    private final int count;

    /// How long each rest is, if that can be said.
    private final int width;

    private final int @Nullable [] ends;

    private PackedKeys(byte[] bytes, int shared, int count, int width, int @Nullable [] ends) {
        this.bytes = bytes;
        this.shared = shared;
        this.count = count;
        this.width = width;
        this.ends = ends;
    }

    /// About how many bytes of memory they take.
    long bytes() {
        return HEADS_BYTES + bytes.length + (ends == null ? 0 : Integer.BYTES * (long) ends.length);
    }

    /// @param keys in order, none twice
    static PackedKeys of(byte[][] keys, int from, int to) {
        if (from == to) return NONE;
        // In order, so what the first and the last share is shared by all. A single key shares nothing with itself:
        // then the next one to come is not sure to break the prefix.
        int shared = to - from == 1 ? 0 : sharedLength(keys[from], keys[to - 1]);
        int width = keys[from].length - shared;
        boolean even = true;
        int size = shared;
        for (int i = from; i < to; i++) {
            size += keys[i].length - shared;
            even &= keys[i].length - shared == width;
        }
        byte[] bytes = new byte[size];
        int[] ends = even ? null : new int[to - from];
        System.arraycopy(keys[from], 0, bytes, 0, shared);
        int end = shared;
        for (int i = from; i < to; i++) {
            System.arraycopy(keys[i], shared, bytes, end, keys[i].length - shared);
            end += keys[i].length - shared;
            if (ends != null) ends[i - from] = end;
        }
        return new PackedKeys(bytes, shared, to - from, width, ends);
    }

    static int sharedLength(byte[] one, byte[] other) {
        int different = Arrays.mismatch(one, other);
        return different < 0 ? one.length : different;
    }

    int count() {
        return count;
    }

    /// Where the key is; if it is not here, `-1 - i` with the place `i` where it would be.
    int find(byte[] key) {
        int prefix = Math.min(shared, key.length);
        int order = Arrays.compareUnsigned(key, 0, prefix, bytes, 0, shared);
        if (order < 0) return -1;
        if (order > 0) return -1 - count;
        long head = head(key, shared, key.length);
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int start = start(middle);
            int end = end(middle);
            int compared = Long.compareUnsigned(head(bytes, start, end), head);
            if (compared == 0) compared = Arrays.compareUnsigned(bytes, start, end, key, shared, key.length);
            if (compared == 0) return middle;
            if (compared < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1 - low;
    }

    /// The first eight bytes as a number, with zeros behind what is shorter. Where two of these differ, what they begin
    /// differs in the same way; that decides nearly always, and costs much less than to compare arrays.
    private static long head(byte[] bytes, int from, int to) {
        int length = to - from;
        if (from + Long.BYTES <= bytes.length) {
            long eight = (long) HEAD.get(bytes, from);
            return length >= Long.BYTES ? eight : length == 0 ? 0 : eight & -1L << Long.SIZE - Byte.SIZE * length;
        }
        long head = 0;
        for (int i = from; i < to; i++) head = head << Byte.SIZE | bytes[i] & 0xff;
        return length == 0 ? 0 : head << Long.SIZE - Byte.SIZE * length;
    }

    private int start(int i) {
        if (ends == null) return shared + i * width;
        return i == 0 ? shared : ends[i - 1];
    }

    private int end(int i) {
        return ends == null ? shared + (i + 1) * width : ends[i];
    }

    byte[] key(int i) {
        int start = start(i);
        int length = end(i) - start;
        byte[] key = new byte[shared + length];
        System.arraycopy(bytes, 0, key, 0, shared);
        System.arraycopy(bytes, start, key, shared, length);
        return key;
    }

    byte[][] all() {
        byte[][] keys = new byte[count][];
        for (int i = 0; i < keys.length; i++) keys[i] = key(i);
        return keys;
    }

    /// With one key more, which would be at this place.
    PackedKeys with(int place, byte[] key) {
        boolean sharing = count > 0 && key.length >= shared && Arrays.equals(key, 0, shared, bytes, 0, shared);
        if (!sharing) return of(inserted(place, key), 0, count + 1);
        int start = start(place);
        int more = key.length - shared;
        byte[] wider = new byte[bytes.length + more];
        System.arraycopy(bytes, 0, wider, 0, start);
        System.arraycopy(key, shared, wider, start, more);
        System.arraycopy(bytes, start, wider, start + more, bytes.length - start);
        if (ends == null && more == width) return new PackedKeys(wider, shared, count + 1, width, null);
        int[] moved = new int[count + 1];
        for (int i = 0; i < place; i++) moved[i] = end(i);
        moved[place] = start + more;
        for (int i = place; i < count; i++) moved[i + 1] = end(i) + more;
        return new PackedKeys(wider, shared, count + 1, 0, moved);
    }

    private byte[][] inserted(int place, byte[] key) {
        byte[][] keys = new byte[count + 1][];
        for (int i = 0; i < keys.length; i++) keys[i] = i == place ? key : key(i < place ? i : i - 1);
        return keys;
    }
}
