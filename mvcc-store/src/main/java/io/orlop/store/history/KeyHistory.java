package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.function.Consumer;
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
/// This is a view of the index as it was when somebody looked: it has all that was published until then, and stays as
/// it is or learns of later changes.
public final class KeyHistory {
    private final KeyIndex index;
    private final Leaf leaf;
    private final int place;

    KeyHistory(KeyIndex index, Leaf leaf, int place) {
        this.index = index;
        this.leaf = leaf;
        this.place = place;
    }

    public Octets key() {
        return Octets.wrap(leaf.keys.key(place));
    }

    /// The key's state at this revision: its last change up to then, which may be a tombstone.
    public @Nullable Change at(long revision) {
        long[] packed = leaf.longer(place);
        if (packed == null) return leaf.singleMain(place) <= revision ? leaf.single(place) : null;
        int last = Changes.lastUpTo(packed, revision);
        return last < 0 ? null : Changes.change(packed, last);
    }

    /// Like [#at], without tombstones.
    public @Nullable Change aliveAt(long revision) {
        long[] packed = leaf.longer(place);
        if (packed == null) return leaf.singleMain(place) <= revision ? leaf.single(place) : null;
        int last = Changes.lastUpTo(packed, revision);
        return last < 0 || Changes.isTombstone(packed, last) ? null : Changes.change(packed, last);
    }

    public boolean isAliveAt(long revision) {
        return isAliveAt(leaf, place, revision);
    }

    static boolean isAliveAt(Leaf leaf, int place, long revision) {
        long[] packed = leaf.longer(place);
        if (packed == null) return leaf.singleMain(place) <= revision;
        int last = Changes.lastUpTo(packed, revision);
        return last >= 0 && !Changes.isTombstone(packed, last);
    }

    /// The same change as the index knows it now: it may have moved within the log, or be forgotten.
    public @Nullable Change same(Change change) {
        KeyHistory now = index.history(key());
        if (now == null) return null;
        long[] packed = now.packed();
        int i = indexOf(packed, change);
        return i < 0 ? null : Changes.change(packed, i);
    }

    /// The put that this change followed in its generation; none if it began the generation, or if that is forgotten.
    public @Nullable Change before(Change change) {
        long[] packed = packed();
        int i = indexOf(packed, change);
        return i <= 0 || Changes.isTombstone(packed, i - 1) ? null : Changes.change(packed, i - 1);
    }

    private static int indexOf(long[] packed, Change change) {
        int i = Changes.lastUpTo(packed, change.main());
        for (; i >= 0 && Changes.main(packed, i) == change.main(); i--) {
            if (Changes.change(packed, i).sub() == change.sub()) return i;
        }
        return -1;
    }

    /// All changes with `from <= main <= to`, in order.
    public void between(long from, long to, Consumer<Change> visitor) {
        if (isSingleOutside(from, to)) return;
        long[] packed = packed();
        int last = Changes.lastUpTo(packed, to);
        for (int i = Changes.lastUpTo(packed, from - 1) + 1; i <= last; i++) visitor.accept(Changes.change(packed, i));
    }

    private boolean isSingleOutside(long from, long to) {
        if (leaf.longer(place) != null) return false;
        long main = leaf.singleMain(place);
        return main < from || main > to;
    }

    public int count() {
        long[] packed = leaf.longer(place);
        return packed == null ? 1 : Changes.count(packed);
    }

    /// The state that the next put of this key would make: its generation's beginning and its version.
    ///
    /// @param main the revision of that put
    public Change nextPut(long main, int sub) {
        Change last = aliveAt(Long.MAX_VALUE);
        return last == null ? Change.birth(main, sub) : new Change(main, sub, last.create(), last.version() + 1, 0);
    }

    /// Whether this change is the key's last up to a revision.
    public boolean isLastAt(long revision, long main, int sub) {
        Change last = at(revision);
        return last != null && last.main() == main && last.sub() == sub;
    }

    /// Whether the log's record at this location is still part of the history.
    public boolean isAt(long location) {
        long[] packed = leaf.longer(place);
        return packed == null ? leaf.singleLocation(place) == location : Changes.indexAt(packed, location) >= 0;
    }

    private long[] packed() {
        long[] packed = leaf.longer(place);
        return packed == null ? Changes.of(leaf.single(place)) : packed;
    }

    /// The generations as in the worked example above.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        long[] packed = packed();
        int count = Changes.count(packed);
        boolean open = false;
        for (int i = 0; i < count; i++) {
            boolean tombstone = Changes.isTombstone(packed, i);
            text.append(open ? " " : i == 0 ? "{" : " {")
                    .append(Changes.main(packed, i))
                    .append(tombstone ? "t" : "");
            open = !tombstone;
            if (!open) text.append('}');
        }
        return open ? text.append('}').toString() : text.toString();
    }
}
