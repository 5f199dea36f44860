package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.Directory;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.auth.Caller;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Groups that are committed while others are applied, on real threads, until the disk fails.
class CommittingTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 20 * Integer.getInteger("orlop.longer", 1));
    private static final int CALLERS = 40;
    private static final Octets KEY = Octets.of("a");

    /// Has nothing else to do.
    private static final Patience PATIENT = new Patience() {
        @Override
        public boolean begin() {
            return true;
        }

        @Override
        public void end() {}
    };

    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();

    @Test
    void whatIsSeenWasMadeSafeAndWhatWasAnsweredIsSeen() throws Exception {
        for (int seed = 0; seed < Math.min(SEEDS, 200); seed++) run(new Random(seed));
        assertThat(wrongs).isEmpty();
    }

    @Test
    void whoDoesTheWritersWorkKeepsItsPromises() throws Exception {
        for (int seed = 0; seed < Math.min(SEEDS, 200); seed++) {
            int patient = 1 + seed % 3;
            run(new Random(seed), patient, patient + seed % 2);
        }
        assertThat(wrongs).isEmpty();
    }

    @Test
    void aPatientCallerHasTheAnswerAtOnce() throws IOException {
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(1), StoreOptions.defaults());
        for (int i = 0; i < 3; i++) {
            Octets value = Octets.of("by the caller " + i);
            assertThat(store.submit(put(value), Caller.OWNER, PATIENT)).isDone();
            assertThat(store.value(KEY)).isEqualTo(value);
        }
        assertThat(store.commits()).isEqualTo(3);
        // What the writer does next it does on top of that.
        var byTheWriter = store.submit(put(Octets.of("by the writer")));
        store.turn();
        assertThat(byTheWriter.join().revision()).isEqualTo(5);
        MvccStore after =
                MvccStore.openStill(disk.afterPowerCut(new Random(1)), new StillAmbient(1), StoreOptions.defaults());
        assertThat(after.value(KEY)).isEqualTo(Octets.of("by the writer"));
        assertThat(after.revision()).isEqualTo(5);
    }

    @Test
    void whoMeetsAnotherLeavesItToTheWriterForAWhile() throws IOException {
        MvccStore store = MvccStore.openStill(new CrashableDirectory(), new StillAmbient(1), StoreOptions.defaults());
        var first = store.submit(put(Octets.of("1")));
        var second = store.submit(put(Octets.of("2")), Caller.OWNER, PATIENT);
        assertThat(second).isNotDone();
        store.turn();
        assertThat(first.join().revision()).isEqualTo(2);
        assertThat(second.join().revision()).isEqualTo(3);
        assertThat(store.commits()).isEqualTo(1);
        int left = 0;
        while (!store.submit(put(Octets.of("more")), Caller.OWNER, PATIENT).isDone()) {
            left++;
            store.turn();
        }
        assertThat(left).isPositive();
    }

    private static Operation put(Octets value) {
        return Operation.Put.of(KEY, value);
    }

    @Test
    void aCallerWhoIsNeededElsewhereDoesNotWait() throws Exception {
        Semaphore disk = new Semaphore(1_000);
        MvccStore store = open(
                CrashableDirectory.with(Fault.first(disk::acquireUninterruptibly, Call.FORCE)),
                StoreOptions.defaults());
        store.put(Operation.Put.of(KEY, Octets.of("1")));
        disk.drainPermits();
        // The first has no patience; it keeps the disk busy, so the second has company.
        var first = store.submit(put(Octets.of("2")));
        var second = store.submit(put(Octets.of("3")), Caller.OWNER, PATIENT);
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        assertThat(store.revision()).isEqualTo(2);
        disk.release(1_000);
        assertThat(first.get().revision()).isEqualTo(3);
        assertThat(second.get().revision()).isEqualTo(4);
        store.close();
    }

    private static MvccStore open(Directory disk, StoreOptions options) throws IOException {
        return MvccStore.open(
                disk, Ambient.system(), Thread.ofPlatform().daemon().factory(), options);
    }

    private void run(Random random) throws IOException, InterruptedException {
        run(random, 0, CALLERS);
    }

    /// @param patient how many of the callers do the writer's work where they can
    private void run(Random random, int patient, int all) throws IOException, InterruptedException {
        CrashableDirectory disk = new CrashableDirectory();
        StoreOptions options = StoreOptions.defaults().segmentBytes(64 << 10);
        MvccStore store = open(disk, options);
        CountDownLatch watching = new CountDownLatch(1);
        store.watch(new Heard() {
                    @Override
                    public void created(long id, long revision) {
                        watching.countDown();
                    }

                    @Override
                    public void events(long id, long revision, List<io.orlop.store.api.Event> some) {
                        if (revision > store.revision()) wrongs.add("heard of " + revision + " before it was seen");
                    }
                })
                .create(WatchRequest.of(KeyRange.all()));
        watching.await();
        disk.faults().add(Fault.eio(Call.FORCE).after(5 + random.nextInt(100)));
        AtomicLong answered = new AtomicLong();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            Octets key = Octets.of("key " + i);
            Patience patience = i < patient ? PATIENT : Patience.NONE;
            callers.add(Thread.startVirtualThread(() -> answered.addAndGet(putUntilItFails(store, key, patience))));
        }
        for (Thread caller : callers) caller.join();
        if (store.revision() != 1 + answered.get()) {
            wrongs.add(answered.get() + " puts were answered, but the revision is " + store.revision());
        }
        store.close();
        MvccStore after = MvccStore.openStill(disk.afterPowerCut(random), new StillAmbient(1), options);
        if (after.revision() < 1 + answered.get()) wrongs.add("revision went back to " + after.revision());
    }

    /// @return how many were answered
    private long putUntilItFails(MvccStore store, Octets key, Patience patience) {
        for (long count = 0; ; count++) {
            Octets value = Octets.of("value " + count);
            try {
                Operation put = Operation.Put.of(key, value);
                long revision = MvccStore.await(store.submit(put, Caller.OWNER, patience))
                        .revision();
                if (revision > store.revision()) wrongs.add("answered with " + revision + " before it was seen");
                if (!Objects.equals(value, store.value(key))) wrongs.add("a put that was answered is not seen");
            } catch (DeniedException denied) {
                if (denied.denial() != Denial.READ_ONLY) wrongs.add("refused with " + denied.getMessage());
                return count;
            }
        }
    }
}
