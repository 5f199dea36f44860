package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.ForwardingDirectory;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.log.DamagedLogException;
import io.orlop.store.log.LogView;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/// The power fails in any call to the disk, also while the next segment's file is made ahead or taken. Then every
/// acknowledged change is there with all its history, nothing was invented, and revisions did not go back.
class CrashTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 2000 * Integer.getInteger("orlop.longer", 1));
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(2048).cacheBytes(8_000);

    /// A change that was asked for, and what it makes of the model.
    private record Asked(CompletableFuture<?> answer, Consumer<Model> change) {}

    @Test
    void keepsWhatItAcknowledged() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) run(seed);
    }

    private void run(long seed) throws IOException {
        Chance chance = new Chance(seed);
        StillAmbient ambient = new StillAmbient(seed);
        CrashableDirectory disk = new CrashableDirectory();
        Model known = new Model();
        for (int life = 0; life < 4; life++) {
            List<Asked> asked = new ArrayList<>();
            disk.crashAfter(chance.random.nextInt(chance.oneIn(3) ? 20 : 120));
            if (chance.oneIn(10)) disk.faults().add(Fault.eio(Call.FORCE).after(chance.random.nextInt(10)));
            if (chance.oneIn(10)) disk.faults().add(Fault.eio(Call.WRITE).after(chance.random.nextInt(20)));
            if (chance.oneIn(6))
                disk.faults()
                        .add(Fault.lostForce().after(chance.random.nextInt(15)).times(1));
            if (chance.oneIn(10)) disk.loseNamesAfter(chance.random.nextInt(5));
            live(chance, ambient, disk, known.copy(), asked);
            disk = chance.oneIn(3) ? disk.afterKill() : disk.afterPowerCut(chance.random);
            known = afterwards("seed " + seed + " life " + life, ambient, disk, known, asked);
            // Who looked is gone now, too.
            disk = chance.oneIn(3) ? disk.afterKill() : disk.afterPowerCut(chance.random);
        }
    }

    private static void live(
            Chance chance, StillAmbient ambient, CrashableDirectory disk, Model hoped, List<Asked> asked) {
        MvccStore store;
        try {
            // A start that takes the footers' word must come to the same as one that looks at every frame.
            store = MvccStore.openStill(disk, ambient, SMALL.checksFrames(chance.oneIn(2)));
        } catch (IOException off) {
            if (off instanceof DamagedLogException && !disk.hasCrashed()) throw new AssertionError(off);
            return;
        }
        for (int i = 0; i < 200 && !disk.hasCrashed() && store.failure() == null; i++) {
            ask(chance, store, hoped, asked);
            // Several changes often share a group commit.
            if (chance.oneIn(3)) store.turn();
            // And several groups are made before the first of them is safe.
            else if (chance.oneIn(3)) store.turnWithoutCommit();
        }
    }

    private static void ask(Chance chance, MvccStore store, Model hoped, List<Asked> asked) {
        if (chance.oneIn(25)) {
            long upTo = Math.max(1, hoped.revision() - chance.random.nextInt(5));
            if (upTo > hoped.compacted) ask(store.compact(upTo, false), model -> model.compact(upTo), hoped, asked);
        } else if (chance.oneIn(15)) {
            long id = 1 + chance.random.nextInt(20);
            if (!hoped.leases.contains(id)) ask(store.grantLease(id, 100), model -> model.leases.add(id), hoped, asked);
        } else if (chance.oneIn(15) && !hoped.leases.isEmpty()) {
            long id = hoped.leases.first();
            ask(store.revokeLease(id), model -> model.revoke(id), hoped, asked);
        } else if (chance.oneIn(30)) {
            store.defragment();
        } else {
            Operation change = chance.change(hoped);
            // Reads are answered at once and say nothing of the changes before them.
            if (change instanceof Operation.Txn txn && txn.readsOnly()) return;
            ask(
                    store.submit(change),
                    model -> {
                        RequestRules.check(change, SMALL.txnOperationsMax());
                        model.apply(change);
                    },
                    hoped,
                    asked);
        }
    }

    private static void ask(CompletableFuture<?> answer, Consumer<Model> change, Model hoped, List<Asked> asked) {
        Consumer<Model> attempt = model -> {
            try {
                change.accept(model);
            } catch (DeniedException denied) {
                // Refused in the store as well: the model test sees to that.
            }
        };
        attempt.accept(hoped);
        asked.add(new Asked(answer, attempt));
    }

    /// Changes are made in the order in which they were asked for, so what is there now is a beginning of what was
    /// asked for that covers all that was answered.
    private static Model afterwards(
            String where, StillAmbient ambient, CrashableDirectory disk, Model before, List<Asked> asked)
            throws IOException {
        MvccStore store = MvccStore.openStill(disk, ambient, SMALL);
        int answered = 0;
        for (int i = 0; i < asked.size(); i++) {
            if (asked.get(i).answer.isDone() && !asked.get(i).answer.isCompletedExceptionally()) answered = i + 1;
        }
        Model model = before.copy();
        for (int i = 0; i < answered; i++) asked.get(i).change.accept(model);
        for (int i = answered; !isSame(store, model); i++) {
            assertThat(i)
                    .as(where + ": no beginning of the history fits: revision " + store.revision() + ", compacted "
                            + store.compactedRevision() + ", leases " + leases(store) + ", answered " + answered
                            + "; the model ends at " + model.revision()
                            + ", " + model.compacted + ", " + model.leases)
                    .isLessThan(asked.size());
            asked.get(i).change.accept(model);
        }
        checkHistory(where, store, model);
        return model;
    }

    private static boolean isSame(MvccStore store, Model model) {
        return store.revision() == model.revision()
                && store.compactedRevision() == model.compacted
                && leases(store).equals(List.copyOf(model.leases));
    }

    private static List<Long> leases(MvccStore store) {
        CompletableFuture<List<Long>> leases = store.leases();
        store.turn();
        return MvccStore.await(leases).stream().sorted().toList();
    }

    private static void checkHistory(String where, MvccStore store, Model model) {
        for (long at = Math.max(1, model.compacted); at <= model.revision(); at++) {
            Outcome.Ranged all = store.range(Operation.Range.of(KeyRange.all()).at(at));
            List<KeyValue> expected = List.copyOf(model.at(at).values());
            assertThat(all.kvs()).as(where + " at revision " + at).isEqualTo(expected);
        }
    }

    @Test
    void refusesToStartWhenAnAcknowledgedFrameIsDamaged() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Chance chance = new Chance(seed);
            CrashableDirectory disk = new CrashableDirectory();
            MvccStore store = MvccStore.openStill(disk, new StillAmbient(seed), SMALL);
            for (int i = 0; i < 60; i++) {
                store.submit(Operation.Put.of(chance.key(), chance.value()));
                store.turn();
            }
            List<String> names = disk.afterPowerCut(chance.random).names().stream()
                    .filter(name -> name.endsWith(".log"))
                    .toList();
            assertThat(names).hasSizeGreaterThan(2);
            // The last frame alone may go unnoticed: with nothing after it, it looks torn.
            String name = names.get(chance.random.nextInt(names.size() - 1));
            CrashableDirectory damaged = disk.afterPowerCut(chance.random);
            damaged.flip(name, chance.random.nextInt(1000));
            assertThatThrownBy(() -> MvccStore.openStill(damaged, new StillAmbient(0), SMALL))
                    .as("seed " + seed)
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("offset");
        }
    }

    @Test
    void refusesToStartWhenAGroupIsDamagedThatWasOnItsWayWhenTheNextWasMade() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        CompletableFuture<Outcome> first = store.submit(Operation.Put.of(Octets.of("a"), Octets.of("1")));
        store.turnWithoutCommit();
        CompletableFuture<Outcome> second = store.submit(Operation.Put.of(Octets.of("b"), Octets.of("2")));
        store.turnWithoutCommit();
        assertThat(first).isNotDone();
        store.turn();
        store.turn();
        assertThat(first).isDone();
        assertThat(second).isDone();
        disk.flip(disk.names().getFirst(), 70);
        assertThatThrownBy(() -> MvccStore.openStill(disk.afterPowerCut(new Random(0)), new StillAmbient(0), SMALL))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("was acknowledged");
    }

    @Test
    void showsNothingOfAGroupThatFailedNorOfTheNextThatWasMadeMeanwhile() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        Octets key = Octets.of("k");
        CompletableFuture<Outcome> safe = store.submit(Operation.Put.of(key, Octets.of("safe")));
        store.turn();
        assertThat(safe).isDone();
        Heard heard = new Heard();
        store.watch(heard).create(WatchRequest.of(KeyRange.all()));
        CompletableFuture<Outcome> lost = store.submit(Operation.Put.of(key, Octets.of("lost")));
        CompletableFuture<Long> compacted = store.compact(2, false);
        store.turnWithoutCommit();
        CompletableFuture<Outcome> after = store.submit(Operation.Put.of(key, Octets.of("after it")));
        store.turnWithoutCommit();
        assertThat(store.value(key)).isEqualTo(Octets.of("safe"));
        disk.faults().add(Fault.eio(Call.FORCE));
        store.turn();
        store.turn();
        for (CompletableFuture<?> answer : List.of(lost, compacted, after)) {
            assertThatThrownBy(() -> MvccStore.await(answer)).hasMessageContaining("read-only");
        }
        assertThat(heard.events).isEmpty();
        assertThat(store.revision()).isEqualTo(2);
        assertThat(store.compactedRevision()).isEqualTo(-1);
        assertThat(store.value(key)).isEqualTo(Octets.of("safe"));
        assertThat(store.failure()).hasMessageContaining("input/output error");
    }

    @Test
    void takesNoMoreChangesAfterAFailedForce() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        Octets key = Octets.of("k");
        store.submit(Operation.Put.of(key, Octets.of("safe")));
        store.turn();
        disk.faults().add(Fault.eio(Call.FORCE));
        CompletableFuture<Outcome> lost = store.submit(Operation.Put.of(key, Octets.of("lost")));
        store.turn();
        assertThatThrownBy(() -> MvccStore.await(lost)).hasMessageContaining("read-only");
        disk.faults().mend();
        CompletableFuture<Outcome> later = store.submit(Operation.Put.of(key, Octets.of("later")));
        store.turn();
        assertThatThrownBy(() -> MvccStore.await(later)).hasMessageContaining("read-only");
        assertThat(store.value(key)).isEqualTo(Octets.of("safe"));
        assertThat(store.failure()).hasMessageContaining("input/output error");
    }

    @Test
    void whatAFailedForceForgotIsWrittenElsewhereBeforeItIsAnswered() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        Octets key = Octets.of("k");
        for (int i = 0; i < 20; i++) {
            store.submit(Operation.Put.of(key, Octets.of("before " + i)));
            store.turn();
        }
        disk.faults().add(Fault.lostForce().times(1));
        CompletableFuture<Outcome> put = store.submit(Operation.Put.of(key, Octets.of("v")));
        store.turn();
        assertThat(MvccStore.await(put).revision()).isEqualTo(22);
        assertThat(store.failure()).isNull();
        assertThat(store.value(key)).isEqualTo(Octets.of("v"));
        assertThat(store.range(Operation.Range.of(key).at(3)).kvs().getFirst().value())
                .as("what was there before is read from the new file")
                .isEqualTo(Octets.of("before 1"));
        CompletableFuture<Outcome> next = store.submit(Operation.Put.of(key, Octets.of("w")));
        store.turn();
        assertThat(next).isCompleted();
        for (int seed = 0; seed < 20; seed++) {
            CrashableDirectory after = disk.afterPowerCut(new Random(seed));
            assertThat(MvccStore.openStill(after, new StillAmbient(0), SMALL).value(key))
                    .isEqualTo(Octets.of("w"));
        }
    }

    @Test
    void whatAStartFindsInMemoryOnlyIsWrittenElsewhereBeforeItIsRead() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            CrashableDirectory disk = new CrashableDirectory();
            MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
            Octets key = Octets.of("k");
            store.submit(Operation.Put.of(key, Octets.of("safe")));
            store.turn();
            disk.faults().add(Fault.lostForce().times(1));
            // Nor can it be written elsewhere.
            disk.faults().add(Fault.eio(Call.FORCE).after(1));
            CompletableFuture<Outcome> lost = store.submit(Operation.Put.of(key, Octets.of("in memory")));
            store.turn();
            assertThat(lost).isCompletedExceptionally();
            assertThat(store.failure()).isNotNull();
            MvccStore next = MvccStore.openStill(disk.afterKill(), new StillAmbient(0), SMALL);
            Octets seen = next.value(key);
            MvccStore later = MvccStore.openStill(disk.afterPowerCut(new Random(seed)), new StillAmbient(0), SMALL);
            assertThat(later.value(key)).as("seed " + seed).isEqualTo(seen);
        }
    }

    @Test
    void whereThereIsNoRoomElsewhereWhatAStartFindsIsWrittenAgainInItsPlace() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        Octets key = Octets.of("k");
        store.submit(Operation.Put.of(key, Octets.of("safe")));
        store.turn();
        disk.faults().add(Fault.lostForce().times(1));
        disk.faults().add(Fault.eio(Call.FORCE).after(1));
        store.submit(Operation.Put.of(key, Octets.of("in memory")));
        store.turn();
        disk.afterKill().capacity(disk.used());
        Octets seen = MvccStore.openStill(disk, new StillAmbient(0), SMALL).value(key);
        assertThat(seen).isEqualTo(Octets.of("in memory"));
        for (int seed = 0; seed < 20; seed++) {
            CrashableDirectory after = disk.afterPowerCut(new Random(seed));
            assertThat(MvccStore.openStill(after, new StillAmbient(0), SMALL).value(key))
                    .isEqualTo(seen);
        }
    }

    @Test
    void aNewGenerationWhoseNameMayBeLostIsMadeAnewBeforeTheOldOneGoes() throws IOException {
        for (int names = 0; names < 4; names++) {
            for (int calls = 0; calls < 120; calls++) {
                CrashableDirectory disk = new CrashableDirectory();
                MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
                for (int i = 0; i < 40; i++) {
                    store.submit(Operation.Put.of(Octets.of("k" + i % 7), Octets.of("v".repeat(100) + i)));
                    store.turn();
                }
                store.compact(store.revision(), false);
                store.turn();
                disk.loseNamesAfter(names);
                disk.crashAfter(calls);
                store.defragment();
                for (int i = 0; i < 20; i++) store.turn();
                MvccStore next = MvccStore.openStill(disk.afterKill(), new StillAmbient(0), SMALL);
                Outcome.Ranged seen = next.range(Operation.Range.of(KeyRange.all()));
                assertThat(seen.kvs()).hasSize(7);
                CrashableDirectory after = disk.afterPowerCut(new Random(calls));
                MvccStore later = MvccStore.openStill(after, new StillAmbient(0), SMALL);
                assertThat(later.range(Operation.Range.of(KeyRange.all())))
                        .as("names " + names + ", calls " + calls)
                        .isEqualTo(seen);
            }
        }
    }

    /// A start may find the one that says for all, and any of those that it says it for.
    @Test
    void segmentsOfWhichNothingIsLeftAreJoinedWhateverHappens() throws IOException {
        for (int names = 0; names < 5; names++) {
            boolean reached = true;
            for (int calls = 0; reached; calls++) {
                String where = "names " + names + ", calls " + calls;
                CrashableDirectory disk = new CrashableDirectory();
                MvccStore store = openWithEmptySegments(disk);
                if (names > 0) disk.loseNamesAfter(names - 1);
                disk.crashAfter(calls);
                store.defragment();
                for (int i = 0; i < 80; i++) store.turn();
                reached = disk.hasCrashed();
                MvccStore next = MvccStore.openStill(disk.afterKill(), new StillAmbient(0), SMALL);
                assertThat(next.range(Operation.Range.of(KeyRange.all())).count())
                        .as(where)
                        .isEqualTo(5);
                assertThat(next.revision()).as(where).isEqualTo(store.revision());
                CrashableDirectory after = disk.afterPowerCut(new Random(calls));
                MvccStore later = MvccStore.openStill(after, new StillAmbient(0), SMALL);
                assertThat(later.range(Operation.Range.of(KeyRange.all())).count())
                        .as(where)
                        .isEqualTo(5);
                later.defragment();
                for (int i = 0; i < 80; i++) later.turn();
                assertThat(after.names()).as(where).hasSizeLessThan(6);
                assertThat(later.maintenance().verify().findings()).as(where).isEmpty();
            }
        }
    }

    /// Whoever looks keeps what was replaced, and an older generation still says what is gone.
    @Test
    void segmentsThatAreJoinedWhileSomebodyLooksSurviveTwoStartsWhateverHappens() throws IOException {
        for (boolean full : List.of(false, true)) {
            boolean reached = true;
            for (int calls = 0; reached; calls++) {
                // Given a view of segments of which nothing is left
                CrashableDirectory disk = new CrashableDirectory();
                MvccStore store = openWithEmptySegments(disk);
                var _ = store.maintenance().copy((view, _, _) -> view);
                // When they are rewritten, and the process ends in some call to the disk
                disk.crashAfter(calls);
                store.defragment();
                for (int i = 0; i < 80; i++) store.turn();
                reached = disk.hasCrashed();
                CrashableDirectory cut = disk.afterPowerCut(new Random(calls));
                for (CrashableDirectory after : List.of(disk.afterKill(), cut)) {
                    // And maybe there is no room when the next one starts
                    if (full) after.capacity(after.used());
                    // Then every start finds the same
                    for (int start = 0; start < 4; start++) {
                        checkLater(after, "full " + full + ", calls " + calls + ", start " + start);
                        after.afterKill().capacity(Long.MAX_VALUE);
                    }
                }
            }
        }
    }

    /// Looking ends, and what was kept for it goes: then they are joined.
    @Test
    void segmentsOfWhichNothingIsLeftAreJoinedWhenNobodyLooksAnyMore() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = openWithEmptySegments(disk);
        try (LogView _ = store.maintenance().copy((view, _, _) -> view)) {
            store.defragment();
            for (int i = 0; i < 80; i++) store.turn();
        }
        store.defragment();
        for (int i = 0; i < 80; i++) store.turn();
        assertThat(disk.names()).hasSizeLessThan(6);
        checkLater(disk.afterKill(), "joined");
        checkLater(disk.afterKill(), "joined");
    }

    /// Removing failed, or was not safe yet: an older generation lies beside one that is joined to others.
    @Test
    void anOlderGenerationThatCameBackNeverOutlivesTheNewerOne() throws IOException {
        int joined = 0;
        boolean reached = true;
        for (int calls = 0; reached; calls++) {
            // Given files as they are somewhere between a rewrite and the end of a join
            CrashableDirectory disk = new CrashableDirectory();
            MvccStore store = openWithEmptySegments(disk);
            Map<String, byte[]> files = files(disk);
            disk.crashAfter(calls);
            store.defragment();
            for (int i = 0; i < 80; i++) store.turn();
            reached = disk.hasCrashed();
            Map<String, byte[]> now = files(disk.afterKill());
            if (now.keySet().stream().noneMatch(name -> name.endsWith("-00000002.log"))) continue;
            joined++;
            // And the first generations of those that are there
            files.keySet().removeIf(first -> now.keySet().stream().noneMatch(name -> isSameSegment(name, first)));
            files.putAll(now);
            // When the next start ends anywhere, then those after it find the same
            for (boolean full : List.of(false, true)) startTwice("calls " + calls, files, full);
        }
        assertThat(joined).isPositive();
    }

    private static boolean isSameSegment(String one, String other) {
        return one.substring(0, one.indexOf('-') + 1).equals(other.substring(0, other.indexOf('-') + 1));
    }

    private static void startTwice(String joined, Map<String, byte[]> files, boolean full) throws IOException {
        boolean reached = true;
        for (int calls = 0; reached; calls++) {
            String where = joined + ", full " + full + ", calls of the start " + calls;
            CrashableDirectory disk = new CrashableDirectory();
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                DiskFile made = disk.create(file.getKey());
                made.write(0, ByteBuffer.wrap(file.getValue()));
                made.force();
            }
            disk.forceNames();
            if (full) disk.capacity(disk.used());
            disk.crashAfter(calls);
            try {
                MvccStore.openStill(disk, new StillAmbient(0), SMALL);
            } catch (IOException off) {
                if (!disk.hasCrashed()) throw new AssertionError(where, off);
            }
            reached = disk.hasCrashed();
            disk.capacity(Long.MAX_VALUE);
            CrashableDirectory cut = disk.afterPowerCut(new Random(calls));
            for (CrashableDirectory after : List.of(cut, disk)) {
                for (int start = 0; start < 3; start++) checkLater(after.afterKill(), where + ", start " + start);
            }
        }
    }

    private static Map<String, byte[]> files(CrashableDirectory disk) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : disk.names()) {
            ByteBuffer bytes = ByteBuffer.allocate((int) disk.size(name));
            disk.open(name).read(0, bytes);
            files.put(name, bytes.array());
        }
        return files;
    }

    @Test
    void aDiskThatFailedWhileSegmentsWereJoinedIsNotAskedAgain() throws Exception {
        // Given segments of which nothing is left, that were not joined yet
        CrashableDirectory disk = new CrashableDirectory();
        AtomicInteger forces = new AtomicInteger();
        ForwardingDirectory counting = new ForwardingDirectory() {
            @Override
            public Directory disk() {
                return disk;
            }

            @Override
            public void forceNames() throws IOException {
                forces.incrementAndGet();
                ForwardingDirectory.super.forceNames();
            }
        };
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        MvccStore store = openWithEmptySegments(counting);
        try (LogView _ = store.maintenance().copy((view, _, _) -> view)) {
            store.defragment();
            for (int i = 0; i < 80; i++) store.turn();
        }
        forces.set(0);
        List<String> before = disk.names();
        // When the disk fails to keep a name
        disk.loseNamesAfter(0);
        Logger logger = Logger.getLogger(MvccStore.class.getName());
        Handler handler = listener(said);
        logger.addHandler(handler);
        try {
            for (int pass = 0; pass < 3; pass++) {
                CompletableFuture<Void> done = store.defragment();
                for (int i = 0; i < 20; i++) store.turn();
                assertThat(done).as("it is in nobody's way").isCompleted();
            }
            // Then that is said, and nothing is written in vain
            assertThat(said.poll(10, TimeUnit.SECONDS)).contains("joined", "next start");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(forces).hasValue(1);
        assertThat(disk.names()).isEqualTo(before);
    }

    private static Handler listener(Queue<String> said) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private static MvccStore openWithEmptySegments(Directory disk) throws IOException {
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        for (int i = 0; i < 60; i++) put(store, "k" + i);
        store.submit(Operation.Delete.of(KeyRange.all()));
        for (int i = 0; i < 5; i++) put(store, "later " + i);
        store.compact(store.revision(), false);
        for (int i = 0; i < 3; i++) store.turn();
        return store;
    }

    private static void checkLater(CrashableDirectory disk, String where) throws IOException {
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(0), SMALL);
        assertThat(store.range(Operation.Range.of(KeyRange.all())).count())
                .as(where)
                .isEqualTo(5);
        assertThat(store.maintenance().verify().findings()).as(where).isEmpty();
    }

    private static void put(MvccStore store, String key) {
        store.submit(Operation.Put.of(Octets.of(key), Octets.of("v".repeat(100))));
        store.turn();
    }
}
