package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Watches that are behind, and what they cost others.
class CatchUpTest {
    private static final int PUTS = 3_000;

    /// Hands over what it hears to whoever waits for it.
    private static final class Waited extends Heard {
        private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

        @Override
        public void events(long id, long revision, List<Event> some) {
            heard.addAll(some);
        }
    }

    @Test
    void whoReadsThePastFromADiskThatIsStuckHoldsUpNobody() throws Exception {
        Semaphore permits = new Semaphore(0);
        Semaphore asked = new Semaphore(0);
        Runnable whenRead = () -> {
            if (!Thread.currentThread().getName().equals("store-past")) return;
            asked.release();
            permits.acquireUninterruptibly();
        };
        try (MvccStore store = MvccStore.open(
                CrashableDirectory.with(Fault.first(whenRead, Call.READ)),
                Ambient.system(),
                Thread.ofPlatform().daemon().factory(),
                StoreOptions.defaults())) {
            for (int i = 0; i < 100; i++) store.put(Operation.Put.of(Octets.of("late/" + i), Octets.EMPTY));
            Waited live = new Waited();
            store.watch(live).create(WatchRequest.of(KeyRange.prefix(Octets.of("live/"))));
            List<Waited> late = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Waited another = new Waited();
                late.add(another);
                store.watch(another)
                        .create(WatchRequest.of(KeyRange.prefix(Octets.of("late/")))
                                .from(2 + i));
            }
            try {
                asked.acquire();
                for (int i = 0; i < 10; i++) {
                    store.put(Operation.Put.of(Octets.of("live/" + i), Octets.EMPTY));
                    assertThat(live.heard.take().kv().key()).isEqualTo(Octets.of("live/" + i));
                }
                for (Waited each : late) assertThat(each.heard).isEmpty();
            } finally {
                permits.release(1 << 20);
            }
            for (int i = 0; i < 5; i++) {
                for (int put = i; put < 100; put++) {
                    assertThat(late.get(i).heard.take().kv().key()).isEqualTo(Octets.of("late/" + put));
                }
            }
        }
    }

    /// What is committed between two slices, or while one is read, is said too, in order and once.
    @Test
    void whoCatchesUpWhileMuchIsPutHearsAllOfIt() throws Exception {
        try (MvccStore store = MvccStore.open(
                new CrashableDirectory(),
                Ambient.system(),
                Thread.ofPlatform().daemon().factory(),
                StoreOptions.defaults().segmentBytes(50_000))) {
            List<Waited> watchers = new ArrayList<>();
            for (int i = 0; i < PUTS; i++) {
                var _ = store.submit(Operation.Put.of(Octets.of("key" + i % 7), Octets.of("value " + i)));
                if (i % 500 != 250) continue;
                Waited another = new Waited();
                watchers.add(another);
                store.watch(another)
                        .create(WatchRequest.of(KeyRange.prefix(Octets.of("key")))
                                .withPrevious()
                                .from(2));
            }
            for (Waited watcher : watchers) {
                for (int i = 0; i < PUTS; i++) {
                    Event event = watcher.heard.take();
                    assertThat(event.revision()).isEqualTo(2L + i);
                    assertThat(event.kv().value()).isEqualTo(Octets.of("value " + i));
                    KeyValue previous = event.previous();
                    if (i < 7) assertThat(previous).isNull();
                    else assertThat(previous).extracting(KeyValue::value).isEqualTo(Octets.of("value " + (i - 7)));
                }
            }
        }
    }

    @Test
    void thoseWhoWantDifferentKeysAreServedByOneReading() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        StillAmbient ambient = new StillAmbient(1);
        CrashableDirectory disk = CrashableDirectory.with(Fault.first(reads::incrementAndGet, Call.READ));
        MvccStore store =
                MvccStore.openStill(disk, ambient, StoreOptions.defaults().segmentBytes(16 << 20));
        for (int i = 0; i < PUTS; i++) {
            var _ = store.submit(
                    Operation.Put.of(Octets.of("%03d/%d".formatted(i % 100, i)), Octets.wrap(new byte[1_000])));
            if (i % 100 == 0) store.turn();
        }
        store.turn();
        int one = readsOf(store, reads, 1);
        int hundred = readsOf(store, reads, 100);
        assertThat(one).isPositive();
        assertThat(hundred).isEqualTo(one);
    }

    private static int readsOf(MvccStore store, AtomicInteger reads, int watchers) {
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < watchers; i++) {
            Heard heard = new Heard();
            all.add(heard);
            store.watch(heard)
                    .create(WatchRequest.of(KeyRange.prefix(Octets.of("%03d/".formatted(i))))
                            .from(2));
        }
        int before = reads.get();
        for (int i = 0; i < 50; i++) store.turn();
        for (Heard heard : all) assertThat(heard.events).hasSize(PUTS / 100);
        return reads.get() - before;
    }

    /// However much happened to others since: the index knows of the key.
    @Test
    void whoWantsAQuietKeyReadsNothing() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        CrashableDirectory disk = CrashableDirectory.with(Fault.first(reads::incrementAndGet, Call.READ));
        MvccStore store = MvccStore.openStill(disk, new StillAmbient(1), StoreOptions.defaults());
        Octets quiet = Octets.of("quiet");
        var _ = store.submit(Operation.Put.of(quiet, Octets.EMPTY));
        for (int i = 0; i < 100; i++) {
            var _ = store.submit(Operation.Put.of(Octets.of("busy"), Octets.EMPTY));
            store.turn();
        }
        Heard heard = new Heard();
        int before = reads.get();
        store.watch(heard).create(WatchRequest.of(KeyRange.single(quiet)).from(3));
        for (int i = 0; i < 5; i++) store.turn();
        assertThat(reads.get()).isEqualTo(before);
        var _ = store.submit(Operation.Put.of(quiet, Octets.of("now")));
        store.turn();
        store.turn();
        assertThat(heard.events).hasSize(1);
    }
}
