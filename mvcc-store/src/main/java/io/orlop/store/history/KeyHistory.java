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
/// The index has the newest change of each key, and of the older ones those that no [Archive] has yet; who asks for a
/// moment before them is answered from there:
/// ```
///   the archive has {2 5 6t}      the index {8 9 12t}        {2 5 6t} {8
///   and later       {2 5 6t} {8   the index     9 12t}                   9 12t}
/// ```
/// This is a view of the index as it was when somebody looked: it has all that was published until then, and stays as
/// it is or learns of later changes.
public final class KeyHistory {
    static final long NOT_ALIVE = -1;

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
        if (packed == null) return leaf.singleMain(place) <= revision ? leaf.single(place) : archivedAt(revision);
        int last = Changes.lastUpTo(packed, revision);
        return last < 0 ? archivedAt(revision) : Changes.change(packed, last);
    }

    private @Nullable Change archivedAt(long revision) {
        return index.archive.lastBefore(key(), revision + 1, 0);
    }

    /// The last change before the one of this revision and place; it may be a tombstone.
    public @Nullable Change lastBefore(long main, int sub) {
        long[] packed = packed();
        int last = Changes.lastUpTo(packed, main);
        while (last >= 0 && Changes.main(packed, last) == main && Changes.sub(packed, last) >= sub) last--;
        return last < 0 ? index.archive.lastBefore(key(), main, sub) : Changes.change(packed, last);
    }

    /// Like [#at], without tombstones.
    public @Nullable Change aliveAt(long revision) {
        Change last = at(revision);
        return last == null || last.isTombstone() ? null : last;
    }

    public boolean isAliveAt(long revision) {
        return isAliveAt(index, leaf, place, revision);
    }

    /// For those who ask this of very many.
    static boolean isAliveAt(KeyIndex index, Leaf leaf, int place, long revision) {
        long[] packed = leaf.longer(place);
        if (packed == null && leaf.singleMain(place) <= revision) return !leaf.isDead(place);
        int last = packed == null ? -1 : Changes.lastUpTo(packed, revision);
        if (packed == null || last < 0) return new KeyHistory(index, leaf, place).aliveAt(revision) != null;
        return !Changes.isTombstone(packed, last);
    }

    /// Where the log has the value of the key at a revision, for those who ask this of many.
    ///
    /// @return [#NOT_ALIVE] if it has none
    static long locationAliveAt(KeyIndex index, Leaf leaf, int place, long revision) {
        long[] packed = leaf.longer(place);
        if (packed == null && leaf.singleMain(place) <= revision) {
            return leaf.isDead(place) ? NOT_ALIVE : leaf.singleLocation(place);
        }
        int last = packed == null ? -1 : Changes.lastUpTo(packed, revision);
        if (packed == null || last < 0) {
            Change archived = new KeyHistory(index, leaf, place).aliveAt(revision);
            return archived == null ? NOT_ALIVE : archived.location();
        }
        return Changes.isTombstone(packed, last) ? NOT_ALIVE : Changes.location(packed, last);
    }

    /// The same change as it is known now: it may have moved within the log, or be forgotten.
    public @Nullable Change same(Change change) {
        KeyHistory now = index.history(key());
        if (now == null) return null;
        long[] packed = now.packed();
        int i = Changes.indexOf(packed, change.main(), change.sub());
        if (i >= 0) return Changes.change(packed, i);
        Change archived = index.archive.lastBefore(key(), change.main(), change.sub() + 1);
        return archived != null && archived.main() == change.main() && archived.sub() == change.sub() ? archived : null;
    }

    /// The put that this change followed in its generation; none if it began the generation, or if that is forgotten.
    public @Nullable Change before(Change change) {
        Change before = lastBefore(change.main(), change.sub());
        return before == null || before.isTombstone() ? null : before;
    }

    /// All changes with `from <= main <= to`, in order.
    public void between(long from, long to, Consumer<Change> visitor) {
        long[] packed = packed();
        if (Changes.main(packed, 0) >= from) {
            long main = Changes.main(packed, 0);
            int sub = Changes.sub(packed, 0);
            index.archive.between(key(), from, Math.min(to, main), change -> {
                if (change.isBefore(main, sub)) visitor.accept(change);
            });
        }
        int last = Changes.lastUpTo(packed, to);
        for (int i = Changes.lastUpTo(packed, from - 1) + 1; i <= last; i++) visitor.accept(Changes.change(packed, i));
    }

    /// How many changes the index itself has.
    public int count() {
        long[] packed = leaf.longer(place);
        return packed == null ? 1 : Changes.count(packed);
    }

    public Change newest() {
        long[] packed = leaf.longer(place);
        return packed == null ? leaf.single(place) : Changes.change(packed, Changes.count(packed) - 1);
    }

    /// The state that the next put of this key would make: its generation's beginning and its version.
    ///
    /// @param main the revision of that put
    public Change nextPut(long main, int sub) {
        Change last = newest();
        return last.isTombstone()
                ? Change.birth(main, sub)
                : new Change(main, sub, last.create(), last.version() + 1, 0);
    }

    /// Whether this change is the key's last up to a revision.
    public boolean isLastAt(long revision, long main, int sub) {
        Change last = at(revision);
        return last != null && last.main() == main && last.sub() == sub;
    }

    /// Whether the index itself has a change, with its record at this location.
    public boolean isAt(long main, int sub, long location) {
        long[] packed = leaf.longer(place);
        if (packed == null) return leaf.singleLocation(place) == location;
        int i = Changes.indexOf(packed, main, sub);
        return i >= 0 && Changes.location(packed, i) == location;
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
