package io.orlop.store.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Keys and what happened to them. Of most keys one change is known, the put that made them: all there is to say are
/// two numbers. Of a key that was put again, and the earlier put compacted, there is a third: how many puts its
/// generation had before, and for how many revisions it lasted; or that all one knows of the key is its deletion. A key
/// with a longer history has an array of its own, and then its numbers say nothing. What no key of the leaf needs is
/// not there.
/// ```
///   keys         a              b              c              d
///   singles      main·sub loc   (not used)     main·sub loc   main·sub loc
///   generations  –              (not used)     lasted·puts    t
///   longer       –              [3 | ...]      –              –
/// ```
/// The keys never change; neither does what was said of a moment. In place, the writer may only add a later change to
/// a key, or say where a record went.
final class Leaf implements Node {
    static final Leaf EMPTY = new Leaf(PackedKeys.NONE, new long[0], null, null);

    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle LONGER = MethodHandles.arrayElementVarHandle(long[][].class);

    /// Room for deletions of very many keys at once, and for 35 trillion revisions.
    private static final int SUB_BITS = 18;
    private static final int PUTS_BITS = 24;

    /// Of a key that was deleted, in the place of its generation.
    private static final long TOMBSTONE = -1;

    /// A history of which nothing is left.
    private static final long[] NOTHING = {0};

    /// What objects and arrays take beside what is in them.
    private static final int HEAD_BYTES = 32;

    private static final int ARRAY_BYTES = 16;
    private static final int REFERENCE_BYTES = 4;

    final PackedKeys keys;
    private final long[] singles;
    private final long @Nullable [] generations;
    private final long @Nullable [] @Nullable [] longer;

    Leaf(PackedKeys keys, long[] singles, long @Nullable [] generations, long @Nullable [] @Nullable [] longer) {
        this.keys = keys;
        this.singles = singles;
        this.generations = generations;
        this.longer = longer;
    }

    @Override
    public int size() {
        return keys.count();
    }

    /// Null if one put of the key is known and no more.
    long @Nullable [] longer(int i) {
        return longer == null ? null : (long[]) LONGER.getAcquire(longer, i);
    }

    /// Of a key of which one put is known.
    long singleMain(int i) {
        return singles[2 * i] >>> SUB_BITS;
    }

    long singleLocation(int i) {
        return (long) NUMBER.getOpaque(singles, 2 * i + 1);
    }

    Change single(int i) {
        long main = singleMain(i);
        int sub = (int) (singles[2 * i] & (1 << SUB_BITS) - 1);
        if (isDead(i)) return new Change(main, sub, 0, 0, singleLocation(i));
        long generation = generations == null ? 0 : generations[i];
        long version = 1 + (generation & (1L << PUTS_BITS) - 1);
        return new Change(main, sub, main - (generation >>> PUTS_BITS), version, singleLocation(i));
    }

    /// Whether the one change that is known of the key is its deletion.
    boolean isDead(int i) {
        return generations != null && generations[i] == TOMBSTONE;
    }

    static boolean isSingle(Change change) {
        if (change.sub() >= 1 << SUB_BITS || change.main() >= 1L << 63 - SUB_BITS) return false;
        return change.isTombstone()
                || change.version() <= 1 << PUTS_BITS && change.main() - change.create() < 1L << 63 - PUTS_BITS;
    }

    static void fillSingle(long[] singles, long[] generations, int i, Change change) {
        fillSingle(singles, i, change);
        generations[i] = generation(change);
    }

    private static void fillSingle(long[] singles, int i, Change change) {
        singles[2 * i] = change.main() << SUB_BITS | change.sub();
        singles[2 * i + 1] = change.location();
    }

    private static long generation(Change change) {
        if (change.isTombstone()) return TOMBSTONE;
        return change.main() - change.create() << PUTS_BITS | change.version() - 1;
    }

    /// With a later change of a key that is here.
    ///
    /// @return this leaf, or another in its place
    Leaf appended(int i, Change change) {
        long[] before = longer(i);
        long[] after = Changes.append(before == null ? Changes.of(single(i)) : before, change);
        if (longer == null) {
            long[] @Nullable [] born = new long[size()][];
            born[i] = after;
            return new Leaf(keys, singles, generations, born);
        }
        if (after != before) LONGER.setRelease(longer, i, after);
        return this;
    }

    /// With a key more.
    Leaf inserted(int place, byte[] key, Change change) {
        long[] numbers = new long[singles.length + 2];
        System.arraycopy(singles, 0, numbers, 0, 2 * place);
        System.arraycopy(singles, 2 * place, numbers, 2 * place + 2, singles.length - 2 * place);
        boolean single = isSingle(change);
        // Of most keys that arrive, this is the first put.
        long @Nullable [] lasting = null;
        if (generations != null || single && generation(change) != 0) {
            lasting = new long[size() + 1];
            if (generations != null) {
                System.arraycopy(generations, 0, lasting, 0, place);
                System.arraycopy(generations, place, lasting, place + 1, size() - place);
            }
        }
        if (single) fillSingle(numbers, place, change);
        if (single && lasting != null) lasting[place] = generation(change);
        long @Nullable [] @Nullable [] arrays = null;
        if (longer != null || !single) {
            arrays = new long[size() + 1][];
            if (longer != null) {
                System.arraycopy(longer, 0, arrays, 0, place);
                System.arraycopy(longer, place, arrays, place + 1, longer.length - place);
            }
            arrays[place] = single ? null : Changes.of(change);
        }
        return new Leaf(keys.with(place, key), numbers, lasting, arrays);
    }

    Leaf part(int from, int to) {
        return new Leaf(
                PackedKeys.of(keys.all(), from, to),
                Arrays.copyOfRange(singles, 2 * from, 2 * to),
                generations == null ? null : orNull(Arrays.copyOfRange(generations, from, to)),
                longer == null ? null : orNull(Arrays.copyOfRange(longer, from, to)));
    }

    Leaf joined(Leaf right) {
        byte[][] all = Arrays.copyOf(keys.all(), size() + right.size());
        System.arraycopy(right.keys.all(), 0, all, size(), right.size());
        long[] numbers = Arrays.copyOf(singles, singles.length + right.singles.length);
        System.arraycopy(right.singles, 0, numbers, singles.length, right.singles.length);
        long[] lasting = new long[all.length];
        if (generations != null) System.arraycopy(generations, 0, lasting, 0, size());
        if (right.generations != null) System.arraycopy(right.generations, 0, lasting, size(), right.size());
        long[] @Nullable [] arrays = new long[all.length][];
        if (longer != null) System.arraycopy(longer, 0, arrays, 0, size());
        if (right.longer != null) System.arraycopy(right.longer, 0, arrays, size(), right.size());
        return new Leaf(PackedKeys.of(all, 0, all.length), numbers, orNull(lasting), orNull(arrays));
    }

    /// Without what only readers before this revision could see, and without what can be found elsewhere.
    ///
    /// @return this leaf if nothing goes, or another in its place
    Leaf swept(long revision, Archive archive) {
        if (longer == null && generations == null) return this;
        long[] @Nullable [] left = null;
        for (int i = 0; i < size(); i++) {
            long[] packed = longer == null ? null : longer[i];
            int gone = packed == null
                    ? isForgettable(i, revision, archive) ? 1 : 0
                    : Math.max(Changes.forgettable(packed, revision, archive), Changes.archived(packed, archive));
            if (gone == 0) continue;
            if (left == null) left = longer == null ? new long[size()][] : longer.clone();
            left[i] = packed == null ? NOTHING : Changes.withoutOldest(packed, gone);
        }
        return left == null ? this : rebuilt(left);
    }

    /// As [Changes#forgettable] of a longer history.
    private boolean isForgettable(int i, long revision, Archive archive) {
        return isDead(i) && singleMain(i) < revision && !archive.mayTellOfBefore(singleLocation(i));
    }

    /// @param left for each key what is left of its longer history
    private Leaf rebuilt(long[] @Nullable [] left) {
        int kept = 0;
        for (long[] packed : left) if (packed == null || Changes.count(packed) > 0) kept++;
        byte[][] allKeys = kept == size() ? new byte[0][] : keys.all();
        byte[][] someKeys = new byte[kept][];
        long[] numbers = new long[2 * kept];
        long[] lasting = new long[kept];
        long[] @Nullable [] arrays = new long[kept][];
        int to = 0;
        for (int i = 0; i < left.length; i++) {
            long[] packed = left[i];
            if (packed != null && Changes.count(packed) == 0) continue;
            if (kept < size()) someKeys[to] = allKeys[i];
            Change single = packed == null ? single(i) : Changes.change(packed, 0);
            if (packed == null || Changes.count(packed) == 1 && isSingle(single))
                fillSingle(numbers, lasting, to, single);
            else arrays[to] = packed;
            to++;
        }
        PackedKeys keysLeft = kept == size() ? keys : PackedKeys.of(someKeys, 0, kept);
        return new Leaf(keysLeft, numbers, orNull(lasting), orNull(arrays));
    }

    static long @Nullable [] orNull(long[] generations) {
        for (long generation : generations) if (generation != 0) return generations;
        return null;
    }

    static long @Nullable [] @Nullable [] orNull(long[] @Nullable [] arrays) {
        for (long[] packed : arrays) if (packed != null) return arrays;
        return null;
    }

    /// The record of a change moved within the log.
    boolean move(int i, long main, int sub, long from, long to) {
        long[] packed = longer(i);
        if (packed != null) return Changes.move(packed, Changes.indexOf(packed, main, sub), from, to);
        if (singleLocation(i) != from) return false;
        NUMBER.setRelease(singles, 2 * i + 1, to);
        return true;
    }

    /// About how many bytes of memory it takes.
    long bytes() {
        long bytes = HEAD_BYTES + keys.bytes() + Long.BYTES * (long) singles.length;
        bytes += ARRAY_BYTES;
        if (generations != null) bytes += ARRAY_BYTES + Long.BYTES * (long) generations.length;
        if (longer != null) for (long[] packed : longer) bytes += REFERENCE_BYTES + bytes(packed);
        return bytes;
    }

    /// What a key's longer history takes of that.
    static long bytes(long @Nullable [] packed) {
        return packed == null ? 0 : ARRAY_BYTES + Long.BYTES * (long) packed.length;
    }
}
