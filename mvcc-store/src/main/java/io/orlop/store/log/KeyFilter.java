package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSource;
import io.orlop.store.api.Octets;
import java.util.Arrays;

/// Which keys a segment may hold: five bits of one word for each of its keys, with room for four keys in a word. One
/// look at eight bytes tells of nearly every other key that it is not there; of one in a hundred it does not. A word
/// has a check of itself, so that damage is not taken for a key that is not there.
/// ```
///   key ─► hash │ word │ b b b b b │        there, maybe, if the word has all five bits
///   word        │ check, 16 bits │ 48 bits │
/// ```
final class KeyFilter {
    private static final int KEYS_IN_WORD = 4;
    private static final int BITS = 5;
    private static final int LOG_PLACES = 6;
    private static final int PLACES = 48;
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;

    private long[] hashes = new long[64];
    private int count;

    /// Keys with the same hash are the same to a filter; the changes of one key follow one another.
    void add(long hash) {
        if (count > 0 && hashes[count - 1] == hash) return;
        if (count == hashes.length) hashes = Arrays.copyOf(hashes, 2 * count);
        hashes[count++] = hash;
    }

    long[] words() {
        long[] words = new long[count / KEYS_IN_WORD + 1];
        for (int i = 0; i < count; i++) words[word(hashes[i], words.length)] |= bits(hashes[i]);
        for (int i = 0; i < words.length; i++) words[i] |= check(words[i]) << PLACES;
        return words;
    }

    static int word(long hash, int words) {
        return (int) ((hash >>> 32) * words >>> 32);
    }

    /// @param word the one that this hash would be in
    static boolean mayHold(long word, long hash) {
        long bits = bits(hash);
        return (word & bits) == bits;
    }

    /// Whether a word is as it was made.
    static boolean isWhole(long word) {
        return word >>> PLACES == check(word & (1L << PLACES) - 1);
    }

    private static long check(long bits) {
        return mixed(bits ^ ODD) >>> PLACES;
    }

    private static long bits(long hash) {
        long bits = 0;
        for (int i = 0; i < BITS; i++) {
            long drawn = hash >>> i * LOG_PLACES & (1 << LOG_PLACES) - 1;
            bits |= 1L << (drawn * PLACES >>> LOG_PLACES);
        }
        return bits;
    }

    static long hash(Octets key) {
        byte[] bytes = key.array();
        return hash(bytes, 0, bytes.length);
    }

    /// As it is in files: it never changes.
    static long hash(byte[] bytes, int from, int to) {
        long hash = ODD ^ to - from;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) hash = mixed(hash ^ ByteSource.longAt(bytes, at));
        long rest = 0;
        for (; at < to; at++) rest = rest << Byte.SIZE | bytes[at] & 0xff;
        return mixed(hash ^ rest);
    }

    private static long mixed(long hash) {
        long once = (hash ^ hash >>> 32) * ODD;
        return (once ^ once >>> 29) * ODD;
    }
}
