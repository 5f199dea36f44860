package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The tree against a sorted map of lists, by one thread and by several.
class KeyIndexTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 40 * Integer.getInteger("orlop.longer", 1));

    private final TreeMap<Octets, List<Change>> model = new TreeMap<>();
    private FullArchive archive = new FullArchive();
    private KeyIndex index = new KeyIndex();
    private long revision = 1;
    private long compacted;
    private long location;

    private void begin() {
        archive = new FullArchive();
        index = new KeyIndex().over(archive);
        model.clear();
        compacted = 0;
    }

    @Test
    void answersAsASortedMapDoes() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            begin();
            for (int i = 0; i < 3_000; i++) {
                change(random, seed % 3 == 0 ? 0.3 : 0.6);
                if (random.nextInt(700) == 0) compact(random, revision - random.nextInt(50));
                if (seed % 2 == 1 && random.nextInt(300) == 0) settle(random);
                if (random.nextInt(20) == 0) move(random);
                if (random.nextInt(100) == 0) compare(random);
            }
            compact(random, revision);
            compact(random, revision + 1);
            compare(random);
        }
    }

    /// What is refused for want of memory goes by this: names that never come again must not add up.
    @Test
    void countsNothingForKeysThatAreGone() {
        KeyIndex index = new KeyIndex();
        long atFirst = index.bytes();
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < 500; i++) {
                index.append(Octets.of("round-%d/key-%d".formatted(round, i)), Change.birth(++revision, 0));
            }
            for (int i = 0; i < 500; i++) {
                index.append(Octets.of("round-%d/key-%d".formatted(round, i)), new Change(++revision, 0, 0, 0, 0));
            }
            index.sweep(null, revision + 1, Integer.MAX_VALUE);
            assertThat(index.walk(KeyRange.all()).hasNext()).isFalse();
            assertThat(index.bytes()).as("after round " + round).isBetween(atFirst, atFirst + 20_000);
        }
    }

    @Test
    void isTheSameWhenItIsBuiltFromSortedChanges() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            begin();
            int changes = random.nextInt(random.nextInt(6) == 0 ? 100_000 : 3_000);
            for (int i = 0; i < changes; i++) change(random, 0.8);
            IndexBuilder builder = new IndexBuilder();
            archive.settledTo(seed % 2 == 0 ? 0 : random.nextLong(revision + 1));
            model.forEach(
                    (key, some) -> some.forEach(change -> builder.add(key, change, archive.has(change.location()))));
            index = builder.build().over(archive);
            compare(random);
            for (int i = 0; i < 1_000; i++) change(random, 0.6);
            compact(random, revision - 5);
            compare(random);
        }
    }

    private void change(Random random, double puts) {
        Octets key = RandomKeys.any(random);
        List<Change> changes = model.computeIfAbsent(key, _ -> new ArrayList<>());
        boolean alive = !changes.isEmpty() && !changes.getLast().isTombstone();
        revision++;
        location++;
        if (random.nextDouble() < puts) {
            Change last = alive ? changes.getLast() : new Change(0, 0, revision, 0, 0);
            int sub = random.nextInt(random.nextInt(10) == 0 ? 10_000 : 3);
            add(key, changes, new Change(revision, sub, last.create(), last.version() + 1, location));
        } else if (alive) {
            add(key, changes, new Change(revision, 0, 0, 0, location));
        }
        if (changes.isEmpty()) model.remove(key);
    }

    private void add(Octets key, List<Change> changes, Change change) {
        changes.add(change);
        archive.add(key, change);
        index.append(key, change);
    }

    private void settle(Random random) {
        archive.settledTo(revision - random.nextInt(200));
        sweep(random);
    }

    private void sweep(Random random) {
        int slice = 1 + random.nextInt(500);
        for (Octets from = index.sweep(null, compacted, slice); from != null; ) {
            from = index.sweep(from, compacted, slice);
        }
    }

    private void compact(Random random, long upTo) {
        compacted = Math.max(compacted, upTo);
        sweep(random);
        for (List<Change> changes : model.values()) {
            while (!changes.isEmpty() && isForgettable(changes, compacted)) changes.removeFirst();
        }
        model.values().removeIf(List::isEmpty);
    }

    private static boolean isForgettable(List<Change> changes, long upTo) {
        Change first = changes.getFirst();
        if (changes.size() > 1 && changes.get(1).main() <= upTo) return true;
        return first.isTombstone() && first.main() < upTo;
    }

    private void move(Random random) {
        Map.Entry<Octets, List<Change>> entry = model.ceilingEntry(RandomKeys.any(random));
        if (entry == null) return;
        List<Change> changes = entry.getValue();
        int i = random.nextInt(changes.size());
        Change from = changes.get(i);
        Change to = new Change(from.main(), from.sub(), from.create(), from.version(), ++location);
        KeyHistory before = Objects.requireNonNull(index.history(entry.getKey()));
        boolean isPointedTo = before.isAt(from.main(), from.sub(), from.location());
        // What is settled stays settled, wherever it goes.
        if (archive.has(from.location())) return;
        assertThat(isPointedTo).isTrue();
        assertThat(index.move(entry.getKey(), from.main(), from.sub(), from.location(), to.location()))
                .isTrue();
        assertThat(index.move(entry.getKey(), from.main(), from.sub(), from.location(), 0))
                .isFalse();
        archive.move(entry.getKey(), from, to);
        assertThat(before.same(from)).isEqualTo(to);
        changes.set(i, to);
    }

    private void compare(Random random) {
        for (KeyRange keys : List.of(
                KeyRange.all(),
                KeyRange.startingAt(RandomKeys.any(random)),
                KeyRange.single(RandomKeys.any(random)),
                new KeyRange(RandomKeys.any(random), RandomKeys.any(random)))) {
            long at = Math.max(compacted, revision - random.nextInt(500));
            List<String> expected = new ArrayList<>();
            List<String> actual = new ArrayList<>();
            long alive = 0;
            for (Map.Entry<Octets, List<Change>> entry : model.entrySet()) {
                if (!keys.contains(entry.getKey())) continue;
                Change state = stateAt(entry.getValue(), at);
                boolean isAlive = state != null && !state.isTombstone();
                expected.add(entry.getKey() + " " + (isAlive ? state : "nothing") + " " + entry.getValue());
                if (isAlive) alive++;
            }
            for (KeyHistory history : index.histories(keys)) {
                List<Change> changes = new ArrayList<>();
                Change first = history.at(compacted);
                if (first != null && !first.isTombstone()) changes.add(first);
                if (first != null && first.isTombstone() && first.main() == compacted) changes.add(first);
                history.between(compacted + 1, Long.MAX_VALUE, changes::add);
                if (changes.isEmpty()) continue;
                Change state = history.aliveAt(at);
                actual.add(history.key() + " " + (state == null ? "nothing" : state) + " " + changes);
                for (int i = 1; i < changes.size(); i++) {
                    Change before = changes.get(i - 1);
                    assertThat(history.before(changes.get(i))).isEqualTo(before.isTombstone() ? null : before);
                }
            }
            assertThat(actual).isEqualTo(expected);
            assertThat(index.walk(keys).countAliveAt(at)).isEqualTo(alive);
        }
        Octets some = RandomKeys.any(random);
        KeyHistory history = index.history(some);
        // A deletion that was compacted may stay until the archive knows of it.
        if (history == null) assertThat(model).doesNotContainKey(some);
        else if (!history.newest().isTombstone()) assertThat(model).containsKey(some);
    }

    private static @Nullable Change stateAt(List<Change> changes, long at) {
        Change state = null;
        for (Change change : changes) if (change.main() <= at) state = change;
        return state;
    }

    /// What the index holds at each revision of a plan made beforehand, as one number.
    private record Plan(List<Octets> keys, List<Change> changes, long[] sums) {
        static Plan of(long seed, int size) {
            Random random = new Random(seed);
            TreeMap<Octets, Change> alive = new TreeMap<>();
            Plan plan = new Plan(new ArrayList<>(), new ArrayList<>(), new long[size]);
            long sum = 0;
            for (int i = 1; i < size; i++) {
                Octets key = Octets.of("/keys/" + random.nextInt(4_000));
                Change before = alive.get(key);
                // Waves: the tree grows and shrinks.
                boolean put = before == null || random.nextInt(100) < (i % 20_000 < 10_000 ? 90 : 20);
                Change after = !put
                        ? new Change(i, 0, 0, 0, i)
                        : before == null
                                ? new Change(i, 0, i, 1, i)
                                : new Change(i, 0, before.create(), before.version() + 1, i);
                if (before != null) sum -= part(key, before);
                if (put) sum += part(key, after);
                if (put) alive.put(key, after);
                else alive.remove(key);
                plan.keys.add(key);
                plan.changes.add(after);
                plan.sums[i] = sum;
            }
            return plan;
        }

        static long part(Octets key, Change change) {
            return (key.hashCode() * 31L + change.main()) * 0x9E37_79B9_7F4A_7C15L + change.version();
        }
    }

    @Test
    void showsReadersEveryRevisionWholeWhileItIsWritten() throws InterruptedException {
        Plan plan = Plan.of(7, 60_000);
        long[] published = new long[1];
        long[] compacted = new long[1];
        var seen = new Publication();
        AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(Thread.ofPlatform().start(() -> {
                try {
                    boolean last = false;
                    while (!last && wrong.get() == null) {
                        last = seen.revision == plan.sums.length - 1;
                        read(plan, seen);
                    }
                } catch (Throwable e) {
                    wrong.set(e);
                }
            }));
        }
        Octets slice = null;
        for (int i = 1; i < plan.sums.length; i++) {
            index.append(plan.keys.get(i - 1), plan.changes.get(i - 1));
            if (i % 7 == 0) index.move(plan.keys.get(i - 1), i, 0, i, i + 1_000_000);
            if (i % 3 == 0) seen.revision = published[0] = i;
            if (i % 1_000 == 0) seen.compacted = compacted[0] = published[0] - 20;
            if (i % 50 == 0 && compacted[0] > 0) slice = index.sweep(slice, compacted[0], 300);
        }
        seen.revision = plan.sums.length - 1;
        for (Thread reader : readers) reader.join();
        assertThat(wrong.get()).isNull();
    }

    private static final class Publication {
        volatile long revision;
        volatile long compacted;
    }

    private void read(Plan plan, Publication seen) {
        long at = seen.revision;
        long sum = 0;
        Octets before = Octets.EMPTY;
        for (KeyHistory history : index.histories(KeyRange.all())) {
            Change change = history.aliveAt(at);
            if (change == null) continue;
            Octets key = history.key();
            assertThat(key).isGreaterThan(before);
            before = key;
            sum += Plan.part(key, change);
        }
        boolean readable = at >= seen.compacted;
        if (readable) assertThat(sum).as("revision " + at).isEqualTo(plan.sums[(int) at]);
        if (at == 0) return;
        KeyHistory last = index.history(plan.keys.get((int) at - 1));
        Change change = last == null ? null : last.at(at);
        if (at < seen.compacted) return;
        assertThat(change).extracting(Change::main).isEqualTo(at);
    }
}
