package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What happens when room runs out, and that nobody has to help when it comes back.
class SpaceTest {
    private static final Alarm NO_SPACE = new Alarm(0, Alarm.Kind.NO_SPACE);
    private static final long RESERVE = 4_096;

    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(4_096).cacheBytes(8_000).quotaBytes(-1);

    private final CrashableDirectory disk = new CrashableDirectory();

    private MvccStore open(StoreOptions options) throws IOException {
        return MvccStore.openStill(disk, new StillAmbient(1), options);
    }

    private static <T> T answer(MvccStore store, Supplier<CompletableFuture<T>> asked) {
        CompletableFuture<T> answer = asked.get();
        for (int i = 0; i < 200 && !answer.isDone(); i++) store.turn();
        return MvccStore.await(answer);
    }

    private static @Nullable Denial put(MvccStore store, int key, int bytes) {
        try {
            answer(store, () -> store.submit(Operation.Put.of(Octets.of("k" + key), Octets.of("x".repeat(bytes)))));
            return null;
        } catch (DeniedException denied) {
            return denied.denial();
        }
    }

    private static int fill(MvccStore store) {
        int key = 0;
        while (put(store, key % 40, 500) == null) key++;
        return key;
    }

    private static void empty(MvccStore store) {
        answer(store, () -> store.submit(Operation.Delete.of(KeyRange.all())));
        answer(store, () -> store.compact(store.revision(), true));
        for (int i = 0; i < 100; i++) store.turn();
    }

    @Test
    void refusesOnlyWhatNeedsRoom() throws IOException {
        MvccStore store = open(SMALL.quotaBytes(40_000));
        assertThat(fill(store)).isGreaterThan(30);
        assertThat(store.maintenance().alarms()).containsExactly(NO_SPACE);
        assertThatThrownBy(() -> answer(store, () -> store.grantLease(0, 100)))
                .hasMessage("etcdserver: mvcc: database space exceeded");
        Operation put = Operation.Put.of(Octets.of("k"), Octets.of("v"));
        assertThatThrownBy(
                        () -> answer(store, () -> store.submit(new Operation.Txn(List.of(), List.of(put), List.of()))))
                .hasMessage("etcdserver: mvcc: database space exceeded");
        Operation delete = Operation.Delete.of(Octets.of("k1"));
        answer(store, () -> store.submit(new Operation.Txn(List.of(), List.of(delete), List.of())));
        answer(store, () -> store.submit(Operation.Delete.of(Octets.of("k2"))));
        assertThat(store.value(Octets.of("k3"))).isNotNull();
        assertThat(store.value(Octets.of("k2"))).isNull();
        answer(store, () -> store.compact(store.revision(), false));
    }

    @Test
    void goesOnByItselfWhenThereIsRoomUnderTheQuota() throws IOException {
        MvccStore store = open(SMALL.quotaBytes(40_000));
        for (int round = 0; round < 5; round++) {
            assertThat(fill(store)).as("round " + round).isGreaterThan(30);
            empty(store);
            assertThat(put(store, 1, 10)).isNull();
            assertThat(store.maintenance().alarms()).isEmpty();
        }
    }

    @Test
    void theAlarmEndsAlsoWhenNobodyPuts() throws IOException {
        MvccStore store = open(SMALL.quotaBytes(40_000));
        fill(store);
        empty(store);
        store.maintenance().alarms();
        store.turn();
        assertThat(store.maintenance().alarms()).isEmpty();
    }

    @Test
    void knowsAboutHowMuchIsInUse() throws IOException {
        MvccStore store = open(SMALL.quotaBytes(40_000));
        fill(store);
        assertThat(store.bytesInUse()).isBetween(store.bytesOnDisk() * 9 / 10, store.bytesOnDisk());
        answer(store, () -> store.submit(Operation.Delete.of(KeyRange.all())));
        answer(store, () -> store.compact(store.revision(), true));
        assertThat(store.bytesInUse()).isLessThan(20_000);
    }

    @Test
    void aFullDiskStillTakesDeletionsAndCompactions() throws IOException {
        disk.capacity(200_000);
        MvccStore store = open(SMALL.reserveBytes(RESERVE));
        for (int round = 0; round < 5; round++) {
            assertThat(fill(store)).isGreaterThan(100);
            assertThat(store.maintenance().alarms()).containsExactly(NO_SPACE);
            empty(store);
            assertThat(store.failure()).isNull();
            assertThat(put(store, 1, 10)).as("round " + round).isNull();
        }
        assertThat(store.maintenance().verify().findings()).isEmpty();
    }

    @Test
    void aDeletionThatTheDiskHasNoRoomForIsRefusedAndPassesInParts() throws IOException {
        // Given more keys than what is left free, and the reserve, can name once more
        disk.capacity(200_000);
        MvccStore store = open(SMALL.reserveBytes(RESERVE));
        int keys = 0;
        while (putLongKey(store, keys) == null) keys++;
        Operation all = Operation.Delete.of(KeyRange.all());
        // When all are deleted at once, alone or in a transaction
        assertThat(denial(store, all)).isEqualTo(Denial.NO_SPACE);
        assertThat(denial(store, new Operation.Txn(List.of(), List.of(all), List.of())))
                .isEqualTo(Denial.NO_SPACE);
        // Then none is, and they can be in parts, with compactions between
        assertThat(store.range(Operation.Range.of(KeyRange.all())).count()).isEqualTo(keys);
        for (int key = 0; key < keys; key++) {
            assertThat(denial(store, Operation.Delete.of(longKey(key)))).isNull();
            if (key % 20 != 0) continue;
            answer(store, () -> store.compact(store.revision(), true));
            for (int i = 0; i < 100; i++) store.turn();
        }
        assertThat(store.failure()).isNull();
        assertThat(store.range(Operation.Range.of(KeyRange.all())).count()).isZero();
        answer(store, () -> store.compact(store.revision(), true));
        for (int i = 0; i < 1_000; i++) store.turn();
        assertThat(put(store, 1, 10)).isNull();
    }

    @Test
    void deletionsEndBeforeTheDiskAndCompactionsDoNot() throws IOException {
        disk.capacity(200_000);
        MvccStore store = open(SMALL.reserveBytes(RESERVE));
        int keys = 0;
        while (putLongKey(store, keys) == null) keys++;
        disk.capacity(disk.used());
        Denial denied = null;
        for (int key = 0; key < keys && denied == null; key++) {
            denied = denial(store, Operation.Delete.of(longKey(key)));
        }
        assertThat(denied).isEqualTo(Denial.NO_SPACE);
        answer(store, () -> store.compact(store.revision(), true));
        for (int i = 0; i < 100; i++) store.turn();
        assertThat(store.failure()).isNull();
    }

    @Test
    void aLeaseEndsInPartsThatTheDiskHasRoomFor() throws IOException {
        disk.capacity(200_000);
        StillAmbient ambient = new StillAmbient(1);
        MvccStore store = MvccStore.openStill(disk, ambient, SMALL.reserveBytes(RESERVE));
        answer(store, () -> store.grantLease(7, 10));
        int keys = 0;
        while (denial(store, new Operation.Put(longKey(keys), Octets.of("v"), 7, false, false, false)) == null) keys++;
        CompletableFuture<Long> revoked = store.revokeLease(7);
        for (int i = 0; i < 400; i++) {
            store.turn();
            if (i % 20 != 19) continue;
            CompletableFuture<Long> compacted = store.compact(store.revision(), true);
            for (int j = 0; j < 100; j++) store.turn();
            assertThat(compacted).isDone();
            ambient.pass(Duration.ofMillis(200));
        }
        assertThat(revoked).isDone();
        assertThat(store.failure()).isNull();
        assertThat(store.range(Operation.Range.of(KeyRange.all())).count()).isZero();
    }

    private static Octets longKey(int key) {
        return Octets.of("%04d".formatted(key) + "y".repeat(400));
    }

    private static @Nullable Denial putLongKey(MvccStore store, int key) {
        return denial(store, Operation.Put.of(longKey(key), Octets.of("v")));
    }

    private static @Nullable Denial denial(MvccStore store, Operation operation) {
        try {
            answer(store, () -> store.submit(operation));
            return null;
        } catch (DeniedException denied) {
            return denied.denial();
        }
    }

    @Test
    void othersMayTakeTheLastByte() throws IOException {
        disk.capacity(200_000);
        MvccStore store = open(SMALL.reserveBytes(RESERVE));
        for (int i = 0; i < 60; i++) put(store, i % 40, 500);
        disk.capacity(disk.used());
        assertThat(put(store, 1, 600)).isEqualTo(Denial.NO_SPACE);
        empty(store);
        assertThat(store.failure()).as("the reserve was given up for that").isNull();
        assertThat(disk.names()).doesNotContain("reserve");
        assertThat(store.range(Operation.Range.of(KeyRange.all())).count()).isZero();
        disk.capacity(200_000);
        assertThat(put(store, 1, 10)).isNull();
        assertThat(disk.names()).contains("reserve");
        assertThat(store.maintenance().alarms()).isEmpty();
    }

    /// What lies on the disk and what must stay free, and so little more that a large margin would never be free again.
    private static long barelyEnough(CrashableDirectory disk) {
        return disk.used() + 8 * RESERVE + RESERVE;
    }

    @Test
    void aSmallDiskHealsWhenOthersGiveItBack() throws IOException {
        // Given a disk with little more room than has to stay free
        disk.capacity(100_000);
        MvccStore store = open(SMALL.reserveBytes(RESERVE));
        assertThat(put(store, 1, 10)).isNull();
        disk.capacity(barelyEnough(disk));
        assertThat(put(store, 1, 10)).isNull();
        for (int round = 0; round < 3; round++) {
            long before = barelyEnough(disk);
            // When others take room, at times the last byte, and give back what they took
            disk.capacity(round == 1 ? disk.used() : disk.used() + 2 * RESERVE);
            assertThat(put(store, 1, 600)).isEqualTo(Denial.NO_SPACE);
            if (round == 1) answer(store, () -> store.submit(Operation.Delete.of(Octets.of("k1"))));
            disk.capacity(before);
            // Then the store goes on
            assertThat(put(store, 1, 10)).as("round " + round).isNull();
            assertThat(store.maintenance().alarms()).isEmpty();
        }
    }

    @Test
    void whatSomebodySwitchedOnStaysOnOverARestart() throws IOException {
        MvccStore store = open(SMALL);
        Alarm corrupt = new Alarm(0, Alarm.Kind.CORRUPT);
        put(store, 1, 10);
        assertThat(answer(store, () -> store.maintenance().switchAlarm(corrupt, true)))
                .containsExactly(corrupt);
        MvccStore again = MvccStore.openStill(disk.afterPowerCut(new Random(1)), new StillAmbient(1), SMALL);
        assertThat(again.maintenance().alarms()).containsExactly(corrupt);
        assertThat(put(again, 1, 10)).isEqualTo(Denial.CORRUPT);
        assertThatThrownBy(() -> again.value(Octets.of("k1"))).hasMessage("etcdserver: corrupt cluster");
        assertThatThrownBy(() -> MvccStore.await(again.compact(1, false))).hasMessage("etcdserver: corrupt cluster");
        assertThat(answer(again, () -> again.maintenance().switchAlarm(corrupt, false)))
                .containsExactly(corrupt);
        assertThat(answer(again, () -> again.maintenance().switchAlarm(corrupt, false)))
                .isEmpty();
        assertThat(put(again, 1, 10)).isNull();
    }

    @Test
    void anAlarmSurvivesManySegments() throws IOException {
        MvccStore store = open(SMALL);
        Alarm other = new Alarm(77, Alarm.Kind.NO_SPACE);
        answer(store, () -> store.maintenance().switchAlarm(other, true));
        assertThat(put(store, 1, 10)).isEqualTo(Denial.NO_SPACE);
        for (int i = 0; i < 400; i++) answer(store, () -> store.submit(Operation.Delete.of(Octets.of("k"))));
        answer(store, store::defragment);
        MvccStore again = MvccStore.openStill(disk.afterPowerCut(new Random(1)), new StillAmbient(1), SMALL);
        assertThat(again.maintenance().alarms()).containsExactly(other);
    }
}
