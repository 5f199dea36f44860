package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchRequest;
import io.orlop.store.watch.WatchSink;
import io.orlop.store.watch.WatchStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What went wrong in etcd over the years and could go wrong on one node, by the numbers of etcd's issues. Where power
/// fails, it fails in every call to the disk, one after the other.
class IncidentsTest {
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(1_024).cacheBytes(4_000);
    private static final Octets K = Octets.of("k");

    private final StillAmbient ambient = new StillAmbient(1);

    private interface Work {
        /// @param acknowledged gets what was answered
        void on(MvccStore store, List<Long> acknowledged);
    }

    private interface Check {
        void of(MvccStore store, List<Long> acknowledged) throws IOException;
    }

    private MvccStore open(CrashableDirectory disk) throws IOException {
        return MvccStore.openStill(disk, ambient, SMALL);
    }

    /// Does the work on a copy of the disk for every call at which power may fail, and looks at what is there after it.
    private void whereverPowerFails(Work before, Work work, Check check) throws IOException {
        boolean reached = true;
        for (int calls = 0; reached; calls++) {
            CrashableDirectory disk = new CrashableDirectory();
            List<Long> acknowledged = new ArrayList<>();
            MvccStore store = open(disk);
            before.on(store, acknowledged);
            disk.crashAfter(calls);
            work.on(store, acknowledged);
            reached = disk.hasCrashed();
            for (int i = 0; i < 3; i++) {
                CrashableDirectory after = disk.afterPowerCut(new Random(31L * calls + i));
                check.of(open(after), acknowledged);
            }
        }
    }

    private static void put(MvccStore store, Octets key, String value, List<Long> acknowledged) {
        note(store, store.submit(Operation.Put.of(key, Octets.of(value))), acknowledged);
    }

    private static void note(MvccStore store, CompletableFuture<? extends Outcome> answer, List<Long> acknowledged) {
        store.turn();
        if (answer.isDone() && !answer.isCompletedExceptionally())
            acknowledged.add(answer.join().revision());
    }

    private static void turn(MvccStore store, int times) {
        for (int i = 0; i < times; i++) store.turn();
    }

    private static <T> T answer(MvccStore store, CompletableFuture<T> answer) {
        for (int i = 0; i < 100 && !answer.isDone(); i++) store.turn();
        assertThat(answer).isDone();
        return MvccStore.await(answer);
    }

    private static void several(MvccStore store, List<Long> acknowledged) {
        for (int i = 0; i < 12; i++) put(store, Octets.of("k" + i % 3), "v" + i, acknowledged);
    }

    private static long newest(List<Long> acknowledged) {
        return acknowledged.isEmpty() ? 1 : acknowledged.getLast();
    }

    /// #13766: the place in the log was saved apart from the data; after a kill they did not fit, and nobody noticed.
    @Test
    void keepsBothKeysOfATransactionOrNoneWhenKilled() throws IOException {
        Work pairs = (store, acknowledged) -> {
            for (int i = 0; i < 10; i++) {
                Octets value = Octets.of("v" + i);
                List<Operation> both =
                        List.of(Operation.Put.of(Octets.of("a"), value), Operation.Put.of(Octets.of("b"), value));
                note(store, store.submit(new Operation.Txn(List.of(), both, List.of())), acknowledged);
            }
        };
        whereverPowerFails((_, _) -> {}, pairs, (store, acknowledged) -> {
            assertThat(store.revision()).isGreaterThanOrEqualTo(newest(acknowledged));
            for (long at = 2; at <= store.revision(); at++) {
                List<KeyValue> kvs =
                        store.range(Operation.Range.of(KeyRange.all()).at(at)).kvs();
                assertThat(kvs).hasSize(2);
                assertThat(kvs.getFirst().value()).isEqualTo(kvs.getLast().value());
            }
            assertThat(store.maintenance().verify().findings()).isEmpty();
        });
    }

    /// #14370: a single node answered before the disk had what was put.
    @Test
    void answersNobodyBeforeTheDiskHasIt() throws IOException {
        whereverPowerFails((_, _) -> {}, IncidentsTest::several, (store, acknowledged) -> {
            assertThat(store.revision()).isGreaterThanOrEqualTo(newest(acknowledged));
            for (long revision : acknowledged) {
                Octets key = Octets.of("k" + (revision - 2) % 3);
                Outcome.Ranged then = store.range(Operation.Range.of(key).at(revision));
                assertThat(then.kvs().getFirst().modRevision()).isEqualTo(revision);
            }
        });
    }

    /// #14685: a crash while the database was made smaller had entries applied once more.
    @Test
    void appliesNothingTwiceWhenPowerFailsDuringDefragment() throws IOException {
        int[] hash = new int[1];
        Work before = (store, acknowledged) -> {
            several(store, acknowledged);
            answer(store, store.compact(8, true));
            turn(store, 40);
            hash[0] = hash(store);
        };
        Work defragment = (store, _) -> {
            store.defragment();
            turn(store, 60);
        };
        whereverPowerFails(before, defragment, (store, _) -> {
            assertThat(store.revision()).isEqualTo(13);
            assertThat(hash(store)).isEqualTo(hash[0]);
            for (KeyValue kv : store.range(Operation.Range.of(KeyRange.all())).kvs()) {
                assertThat(kv.version()).isEqualTo(4);
            }
        });
    }

    private static int hash(MvccStore store) {
        try {
            return store.maintenance().hashKeys(0).hash();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// #15220: a watcher was told how far it was before it was told what had happened until then.
    @Test
    void saysHowFarAWatchIsAfterWhatHappenedUntilThen() throws IOException {
        MvccStore store = open(new CrashableDirectory());
        Ear ear = new Ear();
        WatchStream stream = watch(store, ear, 0);
        store.turn();
        for (int i = 0; i < 20; i++) {
            put(store, K, "v" + i, new ArrayList<>());
            stream.requestProgress();
            CompletableFuture<Outcome> next = store.submit(Operation.Put.of(K, Octets.of("w" + i)));
            turn(store, 2);
            assertThat(next).isDone();
        }
        assertThat(ear.said).hasSizeGreaterThan(40);
        long told = 1;
        for (String said : ear.said) {
            long revision = Long.parseLong(said.substring(said.indexOf(' ') + 1));
            if (said.startsWith("event")) assertThat(revision).isEqualTo(told + 1);
            else assertThat(revision).isEqualTo(told);
            told = revision;
        }
    }

    /// #15271: who came back after a break was told of what was long past.
    @Test
    void tellsNothingOfThePastToWhoComesBack() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        several(open(disk), new ArrayList<>());
        MvccStore store = open(disk.afterPowerCut(new Random(1)));
        Ear ear = new Ear();
        watch(store, ear, 14);
        store.turn();
        assertThat(ear.createdAt).isEqualTo(13);
        put(store, K, "new", new ArrayList<>());
        turn(store, 3);
        assertThat(ear.said).containsExactly("event 14");
    }

    /// #17529: a watcher that was starved for a while lost events.
    @Test
    void losesNothingOfAWatcherThatIsStarved() throws IOException {
        MvccStore store = open(new CrashableDirectory());
        Ear ear = new Ear();
        WatchStream stream = watch(store, ear, 0);
        store.turn();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            ear.listening = i % 7 == 0;
            put(store, Octets.of("k" + i % 5), "v".repeat(i % 50), new ArrayList<>());
            expected.add("event " + (i + 2));
            if (i % 20 == 0) stream.ready();
        }
        ear.listening = true;
        stream.ready();
        turn(store, 500);
        assertThat(ear.said).isEqualTo(expected);
    }

    /// #17780: after a crash in a compaction that left no key, the revision was an older one.
    @Test
    void theRevisionDoesNotGoBackWhenPowerFailsDuringACompactionOfEverything() throws IOException {
        Work before = (store, acknowledged) -> {
            several(store, acknowledged);
            note(store, store.submit(Operation.Delete.of(KeyRange.all())), acknowledged);
        };
        Work compact = (store, _) -> {
            store.compact(store.revision(), true);
            turn(store, 20);
            store.defragment();
            turn(store, 60);
        };
        whereverPowerFails(before, compact, (store, acknowledged) -> {
            assertThat(store.revision()).isEqualTo(14).isEqualTo(newest(acknowledged));
            List<Long> more = new ArrayList<>();
            put(store, K, "next", more);
            assertThat(more).containsExactly(15L);
        });
    }

    /// #18089, #19179: a compaction at the revision of a deletion took the event from who watched from there.
    @Test
    void aWatchFromTheCompactedRevisionHearsTheDeletionOfThatRevision() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = open(disk);
        put(store, K, "v", new ArrayList<>());
        answer(store, store.submit(Operation.Delete.of(K)));
        answer(store, store.compact(3, true));
        turn(store, 20);
        store.defragment();
        turn(store, 40);
        hearsTheDeletion(store);
        hearsTheDeletion(open(disk.afterPowerCut(new Random(1))));
    }

    private static void hearsTheDeletion(MvccStore store) {
        Ear ear = new Ear();
        watch(store, ear, 3);
        turn(store, 3);
        assertThat(ear.said).containsExactly("event 3");
        assertThat(ear.heard.getFirst().kind()).isEqualTo(Event.Kind.DELETE);
    }

    /// #18667: a transaction that read at a compacted revision was half applied, and the node fell over.
    @Test
    void aTransactionThatReadsWhatIsCompactedChangesNothing() throws IOException {
        MvccStore store = open(new CrashableDirectory());
        several(store, new ArrayList<>());
        answer(store, store.compact(9, true));
        Operation put = Operation.Put.of(K, Octets.of("half"));
        for (long past : new long[] {8, -1, 99}) {
            Operation read = Operation.Range.of(Octets.of("k1")).at(past);
            CompletableFuture<Outcome> refused =
                    store.submit(new Operation.Txn(List.of(), List.of(put, read), List.of()));
            store.turn();
            Denial expected = past == 99 ? Denial.FUTURE_REVISION : Denial.COMPACTED;
            assertThatThrownBy(() -> MvccStore.await(refused))
                    .isInstanceOfSatisfying(DeniedException.class, denied -> assertThat(denied.denial())
                            .isEqualTo(expected));
        }
        assertThat(store.value(K)).isNull();
        assertThat(store.revision()).isEqualTo(13);
        assertThat(store.failure()).isNull();
    }

    /// #20221: a watch from a revision yet to come was told of the revisions before it.
    @Test
    void aWatchFromTheFutureIsSilentUntilThen() throws IOException {
        MvccStore store = open(new CrashableDirectory());
        Ear ear = new Ear();
        WatchStream stream = watch(store, ear, 10);
        for (int i = 2; i < 10; i++) {
            put(store, K, "v" + i, new ArrayList<>());
            stream.requestProgress();
            ambient.pass(Duration.ofHours(1));
            turn(store, 2);
            assertThat(ear.said).as("at revision " + i).isEmpty();
        }
        put(store, K, "v", new ArrayList<>());
        turn(store, 2);
        assertThat(ear.said).first().isEqualTo("event 10");
    }

    /// #20271, #18096, #16596, #10722: after a power cut a page was damaged or missing, and the node did not start.
    @Test
    void startsAndFindsNothingWrongWhereverPowerFails() throws IOException {
        Work everything = (store, acknowledged) -> {
            several(store, acknowledged);
            store.grantLease(7, 100);
            note(store, store.submit(Operation.Put.of(K, Octets.of("v")).under(7)), acknowledged);
            store.compact(Math.max(1, store.revision() - 3), false);
            turn(store, 10);
            several(store, acknowledged);
            store.defragment();
            turn(store, 30);
        };
        whereverPowerFails((_, _) -> {}, everything, (store, _) -> assertThat(
                        store.maintenance().verify().findings())
                .isEmpty());
    }

    /// #6368: a file was made, and its directory not forced: after a power cut the file was gone, with what was in it.
    @Test
    void aSegmentsNameIsSafeBeforeWhatIsInItIsAcknowledged() throws IOException {
        Work fill = (store, acknowledged) -> {
            for (int i = 0; i < 8; i++) put(store, Octets.of("k" + i), "x".repeat(600), acknowledged);
        };
        whereverPowerFails((_, _) -> {}, fill, (store, acknowledged) -> assertThat(
                        store.range(Operation.Range.of(KeyRange.all())).count())
                .isGreaterThanOrEqualTo(acknowledged.size()));
    }

    /// #9395: with each start a lease had all of its time again.
    @Test
    void aLeaseDoesNotLiveLongerForARestart() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = open(disk);
        answer(store, store.grantLease(7, 100));
        for (int restart = 0; restart < 5; restart++) {
            ambient.pass(Duration.ofSeconds(60), store);
            turn(store, 3);
            disk = disk.afterPowerCut(new Random(restart));
            store = open(disk);
        }
        ambient.pass(Duration.ofSeconds(60), store);
        turn(store, 3);
        assertThat(answer(store, store.leases())).as("after six minutes").isEmpty();
    }

    private static WatchStream watch(MvccStore store, Ear ear, long from) {
        WatchStream stream = store.watch(ear);
        stream.create(WatchRequest.of(KeyRange.all()).withProgress().from(from));
        return stream;
    }

    /// Notes what it hears as `event 5` and `progress 5`.
    private static final class Ear implements WatchSink {
        private final List<String> said = new ArrayList<>();
        private final List<Event> heard = new ArrayList<>();
        private boolean listening = true;
        private long createdAt;

        @Override
        public boolean ready() {
            return listening;
        }

        @Override
        public void created(long id, long revision) {
            createdAt = revision;
        }

        @Override
        public void refused(WatchRefusal why, long revision) {
            throw new AssertionError(why);
        }

        @Override
        public void events(long id, long revision, List<Event> events) {
            heard.addAll(events);
            for (Event event : events) said.add("event " + event.revision());
        }

        @Override
        public void canceled(long id, long revision) {
            throw new AssertionError("nobody canceled");
        }

        @Override
        public void compacted(long id, long compactRevision, long revision) {
            throw new AssertionError("compacted at " + compactRevision);
        }

        @Override
        public void failed(long id, long revision, String why) {
            throw new AssertionError(why);
        }

        @Override
        public void progress(long id, long revision) {
            said.add("progress " + revision);
        }
    }

    /// #22445, #16380: an etcd that broke its own rule left a key that a transaction put and deleted. What it left may
    /// be
    /// taken over, and who watches that key alone hears of both.
    @Test
    void aRevisionThatChangesAKeyTwiceIsToldWhole() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        Replay unheard = new Replay() {
            @Override
            public void record(LogRecord record, long location) {}

            @Override
            public void frame(long revision) {}
        };
        try (Log log = Log.open(disk, 1 << 20, unheard)) {
            log.begin();
            log.add(new LogRecord.Put(new KeyValue(K, Octets.of("v"), 2, 2, 1, 0), 0));
            log.add(new LogRecord.Tombstone(K, 2, 1));
            log.end(2);
            log.mark(2);
        }
        MvccStore store = open(disk);
        Ear alone = new Ear();
        store.watch(alone).create(WatchRequest.of(KeyRange.single(K)).from(1));
        turn(store, 5);
        assertThat(alone.heard).extracting(Event::kind).containsExactly(Event.Kind.PUT, Event.Kind.DELETE);
    }
}
