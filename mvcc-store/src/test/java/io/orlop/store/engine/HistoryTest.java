package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A store that keeps far more history than keys.
class HistoryTest {
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults().segmentBytes(40_000).cacheBytes(1_000).quotaBytes(-1);
    private static final int KEYS = 50;
    private static final int CHANGES = 12_000;

    private final Random random = new Random(11);
    private final StillAmbient ambient = new StillAmbient(11);
    private CrashableDirectory disk = new CrashableDirectory();

    /// The revision of each key's last put, at each revision; 0 if it is deleted.
    private final List<TreeMap<Octets, Long>> states = new ArrayList<>(List.of(new TreeMap<>(), new TreeMap<>()));

    private MvccStore open() throws IOException {
        return MvccStore.openStill(disk, ambient, OPTIONS);
    }

    private void change(MvccStore store) {
        Octets key = Octets.of("/key/" + random.nextInt(KEYS));
        TreeMap<Octets, Long> state = new TreeMap<>(states.getLast());
        long revision = states.size();
        boolean deletes = random.nextInt(4) == 0 && state.containsKey(key);
        if (deletes) state.remove(key);
        else state.put(key, revision);
        states.add(state);
        Operation operation =
                deletes ? Operation.Delete.of(key) : Operation.Put.of(key, Octets.of("value of " + revision));
        var answer = store.submit(operation);
        store.turn();
        if (random.nextInt(30) == 0) for (int i = 0; i < 6; i++) store.turn();
        assertThat(MvccStore.await(answer).revision()).isEqualTo(revision);
    }

    private void settle(MvccStore store) {
        for (int i = 0; i < 400; i++) store.turn();
    }

    private void compareSome(MvccStore store) {
        long from = Math.max(2, store.compactedRevision());
        for (int i = 0; i < 200; i++) compare(store, from + random.nextLong(store.revision() + 1 - from));
        compare(store, from);
        compare(store, store.revision());
    }

    private void compare(MvccStore store, long at) {
        Outcome.Ranged ranged = store.range(Operation.Range.of(KeyRange.all()).at(at));
        TreeMap<Octets, Long> found = new TreeMap<>();
        for (KeyValue kv : ranged.kvs()) {
            assertThat(kv.value()).isEqualTo(Octets.of("value of " + kv.modRevision()));
            found.put(kv.key(), kv.modRevision());
        }
        assertThat(found).as("revision " + at).isEqualTo(states.get((int) at));
        assertThat(ranged.count()).isEqualTo(found.size());
        Octets key = Octets.of("/key/" + random.nextInt(KEYS));
        List<KeyValue> one = store.range(Operation.Range.of(key).at(at)).kvs();
        assertThat(one.isEmpty() ? null : one.getFirst().modRevision()).isEqualTo(found.get(key));
    }

    @Test
    void leavesTheHeapAndIsReadAllTheSame() throws IOException {
        MvccStore store = open();
        for (int i = 0; i < CHANGES / 10; i++) change(store);
        settle(store);
        long early = store.indexBytes();
        for (int i = CHANGES / 10; i < CHANGES; i++) change(store);
        settle(store);
        assertThat(store.indexBytes()).isLessThan(early + 40_000);
        compareSome(store);
        disk = disk.afterPowerCut(random);
        store = open();
        settle(store);
        assertThat(store.indexBytes()).as("started again").isLessThan(early + 40_000);
        compareSome(store);
        assertThat(store.maintenance().verify().findings()).isEmpty();
    }

    @Test
    void isReadWhileSegmentsAreRewritten() throws IOException {
        MvccStore store = open();
        for (int i = 0; i < CHANGES / 2; i++) change(store);
        for (int compactions = 0; compactions < 5; compactions++) {
            long upTo = Math.max(1, store.compactedRevision()) + 1 + random.nextInt(CHANGES / 10);
            var compacted = store.compact(upTo, true);
            var given = compactions % 2 == 0 ? store.defragment() : null;
            for (int i = 0; i < 300; i++) {
                change(store);
                if (i % 20 == 0) compare(store, upTo + random.nextLong(store.revision() + 1 - upTo));
            }
            settle(store);
            assertThat(compacted).isCompleted();
            if (given != null) assertThat(given).isCompleted();
            compareSome(store);
            assertThat(store.maintenance().verify().findings()).isEmpty();
        }
        disk = disk.afterPowerCut(random);
        MvccStore again = open();
        compareSome(again);
        assertThat(again.maintenance().hashKeys(0))
                .isEqualTo(store.maintenance().hashKeys(0));
    }

    /// What was before a change is elsewhere since, and the index was told of it only where it points there itself.
    @Test
    void whatWasBeforeIsKnownAfterSegmentsWereRewritten() throws IOException {
        MvccStore store = open();
        for (int i = 0; i < CHANGES / 4; i++) change(store);
        settle(store);
        long upTo = store.revision() - 700;
        var compacted = store.compact(upTo, true);
        var given = store.defragment();
        settle(store);
        assertThat(compacted).isCompleted();
        assertThat(given).isCompleted();
        var heard = new Heard();
        store.watch(heard).create(WatchRequest.of(KeyRange.all()).from(upTo + 1).withPrevious());
        for (int i = 0; i < KEYS; i++) {
            Octets key = Octets.of("/key/" + i);
            Octets expected = expected(states.getLast().get(key));
            var put = store.submit(new Operation.Put(key, Octets.of("another"), 0, true, false, false));
            store.turn();
            KeyValue before = ((Outcome.Put) MvccStore.await(put)).previous();
            assertThat(before == null ? null : before.value()).isEqualTo(expected);
        }
        var again = store.defragment();
        settle(store);
        assertThat(again).isCompleted();
        var deleted = store.submit(new Operation.Delete(KeyRange.all(), true));
        settle(store);
        List<KeyValue> gone = ((Outcome.Deleted) MvccStore.await(deleted)).previous();
        assertThat(gone).hasSize(KEYS).allMatch(kv -> kv.value().equals(Octets.of("another")));
        assertThat(heard.events).hasSize(700 + 2 * KEYS);
        for (Event event : heard.events.subList(0, 700)) {
            Octets expected = expected(
                    states.get((int) event.revision() - 1).get(event.kv().key()));
            KeyValue before = event.previous();
            assertThat(before == null ? null : before.value()).as("" + event).isEqualTo(expected);
        }
        for (Event event : heard.events.subList(700 + KEYS, heard.events.size())) {
            assertThat(event.previous()).extracting(KeyValue::value).isEqualTo(Octets.of("another"));
        }
    }

    private static @Nullable Octets expected(@Nullable Long revision) {
        return revision == null ? null : Octets.of("value of " + revision);
    }

    @Test
    void isVerifiedInPartsThatFit() throws IOException {
        MvccStore store = open();
        for (int i = 0; i < 2_000; i++) change(store);
        assertThat(CrossCheck.passes(1)).isEqualTo(1);
        assertThat(CrossCheck.passes(Runtime.getRuntime().maxMemory())).isGreaterThan(100);
        var whole = store.maintenance().verify(1);
        assertThat(store.maintenance().verify(7)).isEqualTo(whole);
        assertThat(whole.findings()).isEmpty();
        assertThat(whole.records()).isEqualTo(2_000);
    }
}
