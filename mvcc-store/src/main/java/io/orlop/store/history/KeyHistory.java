package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What happened to one key, oldest first. A generation is the life of a key from a put that finds nothing to the
/// tombstone that ends it; the next put begins the next generation, with version 1. Only the last one can be alive.
///
/// A worked example. Each line is the history after one more step; `t` marks a tombstone, `{}` a generation:
/// ```
///   put at 2                 {2}                    create 2, version 1
///   put at 5                 {2 5}                  create 2, version 2
///   delete at 6              {2 5 6t}
///   put at 8                 {2 5 6t} {8}           create 8, version 1
///   put at 9                 {2 5 6t} {8 9}         create 8, version 2
///   delete at 12             {2 5 6t} {8 9 12t}
///
///   read at 1: nothing    at 4: the put of 2    at 5: of 5    at 6 or 7: nothing    at 8: of 8    at 12: nothing
/// ```
/// Compacting at a revision forgets what only a reader before it could see: of all changes up to that revision the
/// last stays, unless it is a tombstone. A tombstone made at exactly that revision stays too, since a watch that starts
/// there must hear of it. From the last line above:
/// ```
///   compact at 5             {5 6t} {8 9 12t}
///   compact at 6             {6t} {8 9 12t}         a watch from 6 still hears of the deletion
///   compact at 7             {8 9 12t}
///   compact at 9             {9 12t}                still version 2, created at 8
///   compact at 12            {12t}
///   compact at 13            nothing: the key leaves the index
/// ```
/// One thread writes, any thread reads, nobody takes a lock. The changes are packed into one array of numbers, four to
/// a change, behind their count. The writer fills the place after the last change and then raises the count; when the
/// array is full or shrinks, it puts a new array in its place.
/// ```
///   [ count | main create version·sub location | main create version·sub location | (room) ... ]
/// ```
public final class KeyHistory {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIDE = 4;
    private static final int MAIN = 1;
    private static final int CREATE = 2;
    private static final int VERSION_AND_SUB = 3;
    private static final int LOCATION = 4;
    private static final int SUB_BITS = 28;

    private final Octets key;
    private volatile long[] changes = new long[1 + STRIDE];

    KeyHistory(Octets key) {
        this.key = key;
    }

    public Octets key() {
        return key;
    }

    /// The key's state at this revision: its last change up to then, which may be a tombstone.
    public @Nullable Change at(long revision) {
        long[] packed = changes;
        int last = lastUpTo(packed, revision);
        return last < 0 ? null : change(packed, last);
    }

    /// Like [#at], without tombstones.
    public @Nullable Change aliveAt(long revision) {
        long[] packed = changes;
        int last = lastUpTo(packed, revision);
        return last < 0 || packed[last * STRIDE + CREATE] == 0 ? null : change(packed, last);
    }

    public boolean isAliveAt(long revision) {
        long[] packed = changes;
        int last = lastUpTo(packed, revision);
        return last >= 0 && packed[last * STRIDE + CREATE] != 0;
    }

    /// The same change as the index knows it now: it may have moved within the log, or be forgotten.
    public @Nullable Change same(Change change) {
        long[] packed = changes;
        for (int i = lastUpTo(packed, change.main()); i >= 0 && packed[i * STRIDE + MAIN] == change.main(); i--) {
            Change found = change(packed, i);
            if (found.sub() == change.sub()) return found;
        }
        return null;
    }

    /// The put that this change followed in its generation; none if it began the generation, or if that is forgotten.
    public @Nullable Change before(Change change) {
        long[] packed = changes;
        for (int i = lastUpTo(packed, change.main()); i > 0 && packed[i * STRIDE + MAIN] == change.main(); i--) {
            if (change(packed, i).sub() != change.sub()) continue;
            Change previous = change(packed, i - 1);
            return previous.isTombstone() ? null : previous;
        }
        return null;
    }

    /// All changes with `from <= main <= to`, in order.
    public void between(long from, long to, Consumer<Change> visitor) {
        long[] packed = changes;
        int last = lastUpTo(packed, to);
        for (int i = lastUpTo(packed, from - 1) + 1; i <= last; i++) visitor.accept(change(packed, i));
    }

    public int count() {
        return count(changes);
    }

    /// The state that the next put of this key would make: its generation's beginning and its version.
    ///
    /// @param main the revision of that put
    public Change nextPut(long main, int sub) {
        long[] packed = changes;
        int last = count(packed) - 1;
        boolean alive = last >= 0 && packed[last * STRIDE + CREATE] != 0;
        long create = alive ? packed[last * STRIDE + CREATE] : main;
        long version = alive ? version(packed, last) + 1 : 1;
        return new Change(main, sub, create, version, 0);
    }

    /// Adds a change that is later than all others. Only the writer calls this.
    void append(Change change) {
        long[] packed = changes;
        int count = count(packed);
        assert count == 0 || packed[(count - 1) * STRIDE + MAIN] <= change.main() : "revisions never go back";
        if (1 + (count + 1) * STRIDE > packed.length) {
            long[] larger = new long[1 + Math.max(count + 1, count * 2) * STRIDE];
            System.arraycopy(packed, 0, larger, 0, packed.length);
            packed = larger;
        }
        int at = count * STRIDE;
        packed[at + MAIN] = change.main();
        packed[at + CREATE] = change.create();
        packed[at + VERSION_AND_SUB] = change.version() << SUB_BITS | change.sub();
        packed[at + LOCATION] = change.location();
        ELEMENT.setRelease(packed, 0, (long) (count + 1));
        changes = packed;
    }

    /// Forgets what only readers before this revision could see. Only the writer calls this.
    ///
    /// @param forgotten is told the location of each change that goes
    void compact(long revision, LongConsumer forgotten) {
        long[] packed = changes;
        int count = count(packed);
        int keep = lastUpTo(packed, revision);
        if (keep < 0) return;
        boolean tombstone = packed[keep * STRIDE + CREATE] == 0;
        if (tombstone && packed[keep * STRIDE + MAIN] < revision) keep++;
        if (keep == 0) return;
        for (int i = 0; i < keep; i++) forgotten.accept(packed[i * STRIDE + LOCATION]);
        long[] smaller = new long[1 + Math.max(1, count - keep) * STRIDE];
        System.arraycopy(packed, 1 + keep * STRIDE, smaller, 1, (count - keep) * STRIDE);
        smaller[0] = count - keep;
        changes = smaller;
    }

    /// The record moved within the log. Only the writer calls this.
    boolean move(long from, long to) {
        long[] packed = changes;
        int count = count(packed);
        for (int i = 0; i < count; i++) {
            if (packed[i * STRIDE + LOCATION] != from) continue;
            ELEMENT.setRelease(packed, i * STRIDE + LOCATION, to);
            return true;
        }
        return false;
    }

    /// Whether the log's record at this location is still part of the history.
    public boolean isAt(long location) {
        long[] packed = changes;
        int count = count(packed);
        for (int i = 0; i < count; i++) {
            if ((long) ELEMENT.getOpaque(packed, i * STRIDE + LOCATION) == location) return true;
        }
        return false;
    }

    private static int count(long[] packed) {
        return (int) (long) ELEMENT.getAcquire(packed, 0);
    }

    private static long version(long[] packed, int i) {
        return packed[i * STRIDE + VERSION_AND_SUB] >>> SUB_BITS;
    }

    private static Change change(long[] packed, int i) {
        int at = i * STRIDE;
        int sub = (int) (packed[at + VERSION_AND_SUB] & (1L << SUB_BITS) - 1);
        long location = (long) ELEMENT.getOpaque(packed, at + LOCATION);
        return new Change(packed[at + MAIN], sub, packed[at + CREATE], version(packed, i), location);
    }

    /// Most readers want the newest: look there first, then halve.
    private static int lastUpTo(long[] packed, long revision) {
        int high = count(packed) - 1;
        if (high < 0 || packed[high * STRIDE + MAIN] <= revision) return high;
        int low = -1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (packed[middle * STRIDE + MAIN] <= revision) low = middle;
            else high = middle;
        }
        return low;
    }

    /// The generations as in the worked example above.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        long[] packed = changes;
        int count = count(packed);
        boolean open = false;
        for (int i = 0; i < count; i++) {
            Change change = change(packed, i);
            text.append(open ? " " : i == 0 ? "{" : " {").append(change.main()).append(change.isTombstone() ? "t" : "");
            open = !change.isTombstone();
            if (!open) text.append('}');
        }
        return open ? text.append('}').toString() : text.toString();
    }
}
