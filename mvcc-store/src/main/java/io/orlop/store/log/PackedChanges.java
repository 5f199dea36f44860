package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The changes of one segment, without their values, as bytes: as objects there would be a million of them, and every
/// collection meanwhile would move those.
/// ```
///   bytes    │ b │ numbers │ a │ numbers │ b │ numbers │      numbers: as a footer has them, see [Footer]
///   starts   0             20            38            58     where each begins, and where the last one ends
///   keyEnds      1             21            39
///   order    1 0 2                                            once sorted: by key, and those of a key as they happened
/// ```
final class PackedChanges {
    private static final int BYTES_KEPT = 4 << 10;
    private static final int CHANGES_AT_FIRST = 1 << 10;
    private static final int PUT_NUMBERS = 5;
    private static final int TOMBSTONE_NUMBERS = 2;

    /// What a change takes there beside its key and its numbers.
    private static final long FOOTER_BYTES_EACH = 16;

    private final ByteSink bytes = new ByteSink(BYTES_KEPT);
    private int[] starts = new int[CHANGES_AT_FIRST + 1];
    private int[] keyEnds = new int[CHANGES_AT_FIRST];
    private int[] order = new int[0];
    private int count;

    /// About how many bytes of memory they take, and some more while they are sorted.
    long bytes() {
        return bytes.array().length + (2L * Integer.BYTES) * starts.length;
    }

    /// What they take in a footer, about and rather less than that, once they are sorted.
    long bytesInFooter() {
        long all = bytes.size() + FOOTER_BYTES_EACH * count;
        for (int i = 1; i < count; i++) all -= sharedLength(order[i - 1], order[i], Integer.MAX_VALUE);
        return all;
    }

    int count() {
        return count;
    }

    /// Adds a put or a tombstone.
    ///
    /// @param at where its record is in the frame
    /// @param offset where its record is in the segment's file
    void add(byte[] frame, int at, int length, long offset) {
        boolean put = RecordCodec.isPut(frame, at);
        int numbersAt = at + RecordCodec.HEAD_BYTES;
        ByteSource body = new ByteSource(frame, numbersAt);
        for (int i = put ? PUT_NUMBERS : TOMBSTONE_NUMBERS; i > 0; i--) body.varint();
        int numbersEnd = body.at();
        int keyLength = put ? (int) body.varint() : at + length - numbersEnd;
        if (count == keyEnds.length) grow();
        bytes.putBytes(frame, body.at(), keyLength);
        keyEnds[count] = bytes.size();
        bytes.putBytes(frame, numbersAt, numbersEnd - numbersAt);
        if (!put) bytes.putVarint(0);
        bytes.putVarint(offset);
        bytes.putVarint(length);
        starts[++count] = bytes.size();
    }

    private void grow() {
        keyEnds = Arrays.copyOf(keyEnds, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count + 1);
    }

    /// By key; the changes of a key stay as they happened.
    void sort() {
        long[] heads = heads(sharedLength());
        int[] from = new int[count];
        int[] to = new int[count];
        for (int i = 0; i < count; i++) from[i] = i;
        for (int run = 1; run < count; run *= 2) {
            for (int start = 0; start < count; start += 2 * run) {
                merge(heads, from, start, Math.min(start + run, count), Math.min(start + 2 * run, count), to);
            }
            int[] merged = to;
            to = from;
            from = merged;
        }
        order = from;
    }

    private void merge(long[] heads, int[] from, int start, int middle, int end, int[] to) {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takesLeft = right == end || left < middle && compare(heads, from[left], from[right]) <= 0;
            to[i] = from[takesLeft ? left++ : right++];
        }
    }

    private int compare(long[] heads, int one, int other) {
        int compared = Long.compareUnsigned(heads[one], heads[other]);
        if (compared != 0) return compared;
        byte[] all = bytes.array();
        return Arrays.compareUnsigned(all, starts[one], keyEnds[one], all, starts[other], keyEnds[other]);
    }

    /// How many bytes all keys begin with alike.
    private int sharedLength() {
        int shared = count == 0 ? 0 : keyEnds[0] - starts[0];
        for (int i = 1; i < count; i++) shared = sharedLength(0, i, shared);
        return shared;
    }

    private int sharedLength(int one, int other, int most) {
        byte[] all = bytes.array();
        int from = starts[one];
        int otherFrom = starts[other];
        int length = Math.min(most, Math.min(keyEnds[one] - from, keyEnds[other] - otherFrom));
        int different = Arrays.mismatch(all, from, from + length, all, otherFrom, otherFrom + length);
        return different < 0 ? length : different;
    }

    /// Of each key the first eight bytes in which it may differ from the others, as a number: nearly every comparison
    /// ends there, without a look at the key.
    private long[] heads(int shared) {
        byte[] all = bytes.array();
        long[] heads = new long[count];
        for (int i = 0; i < count; i++) {
            int from = starts[i] + shared;
            for (int at = from; at < from + Long.BYTES; at++) {
                heads[i] = heads[i] << Byte.SIZE | (at < keyEnds[i] ? all[at] & 0xff : 0);
            }
        }
        return heads;
    }

    /// Encodes a change as a footer has it.
    ///
    /// @param place its place among the sorted
    /// @param first whether it is the first of its chunk, so that none is before it
    void encode(int place, boolean first, ByteSink sink) {
        int change = order[place];
        int shared = first ? 0 : sharedLength(order[place - 1], change, Integer.MAX_VALUE);
        int keyLength = keyEnds[change] - starts[change];
        sink.putVarint(shared);
        sink.putVarint(keyLength - shared);
        sink.putBytes(bytes.array(), starts[change] + shared, starts[change + 1] - starts[change] - shared);
    }

    /// What a [KeyFilter] knows the key of one of the sorted by.
    long keyHash(int place) {
        int change = order[place];
        return KeyFilter.hash(bytes.array(), starts[change], keyEnds[change]);
    }

    /// @param segment the number of the segment in this process
    SortedChanges sorted(int segment) {
        return new SortedChanges() {
            private int place;

            @Override
            public @Nullable Located next() {
                return place < count ? located(order[place++], segment) : null;
            }
        };
    }

    private Located located(int change, int segment) {
        byte[] key = Arrays.copyOfRange(bytes.array(), starts[change], keyEnds[change]);
        return located(Octets.wrap(key), new ByteSource(bytes.array(), keyEnds[change]), segment);
    }

    /// @param numbers what a footer says of the change behind its key
    static Located located(Octets key, ByteSource numbers, int segment) {
        long main = numbers.varint();
        int sub = (int) numbers.varint();
        long create = numbers.varint();
        LogRecord change;
        if (create == 0) {
            change = new LogRecord.Tombstone(key, main, sub);
        } else {
            long version = numbers.varint();
            long lease = numbers.varint();
            change = new LogRecord.Put(new KeyValue(key, Octets.EMPTY, create, main, version, lease), sub);
        }
        long location = Location.of(segment, numbers.varint());
        return new Located(key, change, location, (int) numbers.varint());
    }
}
