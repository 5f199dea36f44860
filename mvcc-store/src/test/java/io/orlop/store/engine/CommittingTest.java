package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.disk.CrashableDisk;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Groups that are committed while others are applied, on real threads, until the disk fails.
class CommittingTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 20);
    private static final int CALLERS = 40;

    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();

    @Test
    void whatIsSeenWasMadeSafeAndWhatWasAnsweredIsSeen() throws Exception {
        for (int seed = 0; seed < Math.min(SEEDS, 200); seed++) run(new Random(seed));
        assertThat(wrongs).isEmpty();
    }

    private void run(Random random) throws IOException, InterruptedException {
        CrashableDisk disk = new CrashableDisk();
        StoreOptions options = StoreOptions.defaults().segmentBytes(64 << 10);
        MvccStore store = MvccStore.open(
                disk, Ambient.system(), Thread.ofPlatform().daemon().factory(), options);
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
        disk.failForceAfter(5 + random.nextInt(100));
        AtomicLong answered = new AtomicLong();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Octets key = Octets.of("key " + i);
            callers.add(Thread.startVirtualThread(() -> answered.addAndGet(putUntilItFails(store, key))));
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
    private long putUntilItFails(MvccStore store, Octets key) {
        for (long count = 0; ; count++) {
            Octets value = Octets.of("value " + count);
            try {
                long revision = store.put(Operation.Put.of(key, value)).revision();
                if (revision > store.revision()) wrongs.add("answered with " + revision + " before it was seen");
                if (!Objects.equals(value, store.value(key))) wrongs.add("a put that was answered is not seen");
            } catch (DeniedException denied) {
                if (denied.denial() != Denial.READ_ONLY) wrongs.add("refused with " + denied.getMessage());
                return count;
            }
        }
    }
}
