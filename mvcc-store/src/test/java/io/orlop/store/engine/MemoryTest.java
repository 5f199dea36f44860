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
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Permission;
import io.orlop.store.lease.LeaseView;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What happens when keys, their history, leases or watches take all the memory that is theirs, and that deletions and
/// compactions are enough to go on.
class MemoryTest {
    private static final Alarm NO_SPACE = new Alarm(0, Alarm.Kind.NO_SPACE);
    private static final long MOST = 200_000;

    /// Deletions stay known until the segment is closed that has them: those of one round.
    private static final long DELETIONS = MOST / 4;

    private static final StoreOptions SMALL = StoreOptions.defaults()
            .segmentBytes(20_000)
            .cacheBytes(8_000)
            .quotaBytes(-1)
            .memoryBytes(MOST);

    private final CrashableDirectory disk = new CrashableDirectory();

    private MvccStore open(StoreOptions options) throws IOException {
        return MvccStore.openStill(disk, new StillAmbient(1), options);
    }

    private MvccStore reopened(StoreOptions options) throws IOException {
        return MvccStore.openStill(disk.afterPowerCut(new Random(1)), new StillAmbient(1), options);
    }

    private static <T> T answer(MvccStore store, Supplier<CompletableFuture<T>> asked) {
        CompletableFuture<T> answer = asked.get();
        for (int i = 0; i < 2_000 && !answer.isDone(); i++) store.turn();
        return MvccStore.await(answer);
    }

    private static Octets key(int i) {
        return Octets.of("key-%06d".formatted(i));
    }

    private static @Nullable Denial denial(Runnable asked) {
        try {
            asked.run();
            return null;
        } catch (DeniedException denied) {
            return denied.denial();
        }
    }

    private static @Nullable Denial put(MvccStore store, int i) {
        return denial(() -> answer(store, () -> store.submit(Operation.Put.of(key(i), Octets.of("v")))));
    }

    /// @return how many keys there are then
    private static int fill(MvccStore store) {
        int keys = 0;
        while (put(store, keys) == null) assertThat(++keys).isLessThan(50_000);
        return keys;
    }

    private static void empty(MvccStore store) {
        answer(store, () -> store.submit(Operation.Delete.of(KeyRange.all())));
        answer(store, () -> store.compact(store.revision(), true));
        for (int i = 0; i < 200; i++) store.turn();
    }

    /// Compacts behind the deletion, too, so that nobody may ask for it any more.
    private static void emptyAndForget(MvccStore store) {
        empty(store);
        assertThat(put(store, 0)).isNull();
        answer(store, () -> store.compact(store.revision(), true));
        for (int i = 0; i < 200; i++) store.turn();
    }

    private static void takesPutsAgain(MvccStore store) {
        assertThat(put(store, 0)).isNull();
        assertThat(store.maintenance().alarms()).isEmpty();
    }

    @Test
    void keysThatFillTheMemoryAreRefusedAndAllElsePasses() throws IOException {
        MvccStore store = open(SMALL);
        LeaseView lease = answer(store, () -> store.grantLease(0, 100));
        int keys = fill(store);
        assertThat(keys).isGreaterThan(500);
        assertThat(store.keys()).isEqualTo(keys);
        assertThat(store.maintenance().alarms()).containsExactly(NO_SPACE);
        Operation put = Operation.Put.of(key(1), Octets.of("v"));
        Operation txn = new Operation.Txn(List.of(), List.of(put), List.of());
        assertThatThrownBy(() -> answer(store, () -> store.submit(txn)))
                .hasMessage("etcdserver: mvcc: database space exceeded");
        assertThat(denial(() -> answer(store, () -> store.grantLease(0, 100)))).isEqualTo(Denial.NO_SPACE);
        assertThat(answer(store, () -> store.renewLease(lease.id()))).isEqualTo(100);
        assertThat(store.value(key(3))).isNotNull();
        answer(store, () -> store.submit(Operation.Delete.of(key(3))));
        assertThat(store.value(key(3))).isNull();
        answer(store, () -> store.compact(store.revision(), false));
    }

    /// The compaction at the very revision of the deletion leaves all tombstones.
    @Test
    void goesOnAfterADeletionOfEverythingAndACompaction() throws IOException {
        MvccStore store = open(SMALL);
        for (int round = 0; round < 4; round++) {
            assertThat(fill(store)).as("round " + round).isGreaterThan(300);
            empty(store);
            takesPutsAgain(store);
        }
        assertThat(store.maintenance().verify().findings()).isEmpty();
    }

    @Test
    void theAlarmEndsAlsoWhenNobodyPuts() throws IOException {
        MvccStore store = open(SMALL);
        fill(store);
        empty(store);
        store.maintenance().alarms();
        store.turn();
        assertThat(store.maintenance().alarms()).isEmpty();
    }

    /// The segment that grows has no footer yet, so all of its history is in the index.
    @Test
    void historyThatFillsTheMemoryGoesWithACompactionAlone() throws IOException {
        MvccStore store = open(SMALL.segmentBytes(1 << 20));
        for (int round = 0; round < 3; round++) {
            int puts = 0;
            while (put(store, puts % 20) == null) assertThat(++puts).isLessThan(50_000);
            assertThat(store.maintenance().alarms()).containsExactly(NO_SPACE);
            answer(store, () -> store.compact(store.revision(), true));
            for (int i = 0; i < 100; i++) store.turn();
            takesPutsAgain(store);
        }
    }

    @Test
    void leasesAndWhatHangsOnThemCount() throws IOException {
        MvccStore store = open(SMALL);
        int leases = 0;
        LeaseView last = answer(store, () -> store.grantLease(0, 100));
        while (denial(() -> answer(store, () -> store.grantLease(0, 100))) == null) {
            assertThat(++leases).isLessThan(5_000);
        }
        assertThat(put(store, 1)).isEqualTo(Denial.NO_SPACE);
        for (long id : answer(store, store::leases)) {
            if (id != last.id()) answer(store, () -> store.revokeLease(id));
        }
        takesPutsAgain(store);
        long before = store.memoryBytes();
        answer(store, () -> store.submit(Operation.Put.of(key(1), Octets.EMPTY).under(last.id())));
        assertThat(store.memoryBytes()).isGreaterThan(before + 100);
        answer(store, () -> store.revokeLease(last.id()));
        List<Long> left = answer(store, store::leases);
        assertThat(left).isEmpty();
    }

    @Test
    void watchesAreBoundedAndShutOutNobodyWhoPuts() throws IOException {
        MvccStore store = open(SMALL);
        var heard = new Heard();
        var stream = store.watch(heard);
        for (int i = 0; i < 2_000; i++) stream.create(WatchRequest.of(KeyRange.single(key(i))));
        store.turn();
        assertThat(store.crowd().watchers()).isBetween(50, 1_000);
        assertThat(heard.refusals).contains(WatchRefusal.TOO_MANY);
        assertThat(put(store, 1)).isNull();
        stream.close();
        store.turn();
        var other = new Heard();
        store.watch(other).create(WatchRequest.of(KeyRange.single(key(1))));
        store.turn();
        assertThat(store.crowd().watchers()).isOne();
    }

    /// Their ids are taken until the client gives them back.
    @Test
    void watchesThatACompactionEndedCountUntilTheyAreGivenBack() throws IOException {
        MvccStore store = open(SMALL);
        for (int i = 0; i < 10; i++) put(store, 1);
        answer(store, () -> store.compact(store.revision(), true));
        store.turn();
        var heard = new Heard();
        var stream = store.watch(heard);
        for (int i = 0; i < 5_000; i++) {
            stream.create(WatchRequest.of(KeyRange.single(key(i))).from(2));
            if (i % 10 == 0) for (int turns = 0; turns < 4; turns++) store.turn();
        }
        assertThat(heard.refusals).contains(WatchRefusal.TOO_MANY);
        for (int id = 0; id < 5_000; id++) stream.cancel(id);
        store.turn();
        stream.create(WatchRequest.of(KeyRange.single(key(1))));
        store.turn();
        assertThat(store.crowd().watchers()).isOne();
        stream.close();
        store.turn();
        assertThat(store.memoryBytes()).isLessThan(1_000);
    }

    @Test
    void usersRolesAndPermissionsCount() throws IOException {
        MvccStore store = open(SMALL);
        answer(store, () -> store.change(new AuthChange.AddRole("all"), Caller.OWNER));
        List<AuthChange> more = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Permission one = new Permission(Permission.Kind.READ, KeyRange.single(key(i)));
            more.add(new AuthChange.GrantPermission("all", one));
        }
        assertThat(changesUntilRefused(store, more)).isBetween(200, 1_500);
        assertThat(denial(() ->
                        answer(store, () -> store.change(new AuthChange.AddUser("another", "", true), Caller.OWNER))))
                .isEqualTo(Denial.NO_SPACE);
        assertThat(put(store, 1)).isEqualTo(Denial.NO_SPACE);
        answer(store, () -> store.change(new AuthChange.DeleteRole("all"), Caller.OWNER));
        takesPutsAgain(store);
        // One role with much in it is much again for each user who has it.
        answer(store, () -> store.change(new AuthChange.AddRole("some"), Caller.OWNER));
        assertThat(changesUntilRefused(
                        store,
                        more.subList(0, 100).stream()
                                .map(grant -> new AuthChange.GrantPermission(
                                        "some", ((AuthChange.GrantPermission) grant).permission()))
                                .toList()))
                .isEqualTo(100);
        List<AuthChange> users = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            users.add(new AuthChange.AddUser("user-" + i, "", true));
            users.add(new AuthChange.GrantRole("user-" + i, "some"));
        }
        assertThat(changesUntilRefused(store, users)).isLessThan(100);
        MvccStore again = reopened(SMALL);
        assertThat(again.memoryBytes()).isGreaterThan(again.memoryBytesMax() / 2);
    }

    private static int changesUntilRefused(MvccStore store, List<? extends AuthChange> changes) {
        int done = 0;
        for (AuthChange change : changes) {
            if (denial(() -> answer(store, () -> store.change(change, Caller.OWNER))) != null) break;
            done++;
        }
        return done;
    }

    private static Operation inATxn(String from) {
        return new Operation.Txn(List.of(), List.of(Operation.Delete.of(from(from))), List.of());
    }

    private static KeyRange from(String prefix) {
        return new KeyRange(Octets.of(prefix), Octets.of(prefix + "~"));
    }

    /// The frame of them is in memory as a whole, also when its segment is read again.
    @Test
    void deletionsOfManyLongNamesAreNotOne() throws IOException {
        MvccStore store = open(SMALL.memoryBytes(100 * MOST).underWayBytes(100_000));
        String end = "x".repeat(10_000);
        for (int i = 0; i < 200; i++) {
            Octets key = Octets.of("%03d".formatted(i) + end);
            answer(store, () -> store.submit(Operation.Put.of(key, Octets.EMPTY)));
        }
        Operation all = Operation.Delete.of(KeyRange.all());
        Operation txn = new Operation.Txn(List.of(), List.of(), List.of(all));
        Operation nested = new Operation.Txn(List.of(), List.of(inATxn("0"), inATxn("1")), List.of());
        for (Operation large : List.of(all, txn, nested)) {
            assertThat(denial(() -> answer(store, () -> store.submit(large)))).isEqualTo(Denial.TOO_MANY_REQUESTS);
        }
        assertThat(store.keys()).isEqualTo(200);
        for (String from : List.of("0", "1")) {
            answer(store, () -> store.submit(Operation.Delete.of(from(from))));
        }
        assertThat(store.keys()).isZero();
    }

    @Test
    void aStartWithMoreThanMayBeFilledTakesNoPutsUntilItIsLess() throws IOException {
        MvccStore store = open(SMALL.memoryBytes(10 * MOST));
        for (int i = 0; i < 4_000; i++) assertThat(put(store, i)).isNull();
        MvccStore again = reopened(SMALL);
        assertThat(again.keys()).isEqualTo(4_000);
        assertThat(again.maintenance().alarms()).containsExactly(NO_SPACE);
        assertThat(put(again, 1)).isEqualTo(Denial.NO_SPACE);
        // All at once would be more than there is.
        assertThat(denial(() -> answer(again, () -> again.submit(Operation.Delete.of(KeyRange.all())))))
                .isEqualTo(Denial.TOO_MANY_REQUESTS);
        assertThat(again.keys()).isEqualTo(4_000);
        for (int from = 0; from < 4_000; from += 500) {
            KeyRange some = new KeyRange(key(from), key(from + 500));
            answer(again, () -> again.submit(Operation.Delete.of(some)));
            answer(again, () -> again.compact(again.revision(), true));
            for (int i = 0; i < 200; i++) again.turn();
        }
        assertThat(again.keys()).isZero();
        takesPutsAgain(again);
    }

    @Test
    void aStartWithMuchMoreSaysHowMuchMemoryItNeeds() throws IOException {
        MvccStore store = open(SMALL.memoryBytes(10 * MOST));
        for (int i = 0; i < 4_000; i++) assertThat(put(store, i)).isNull();
        assertThatThrownBy(() -> reopened(SMALL.memoryBytes(20_000)))
                .isInstanceOf(HeapTooSmallException.class)
                .hasMessageContaining("start it with a heap of 64 MiB or more (-Xmx)");
        assertThat(reopened(SMALL.memoryBytes(10 * MOST)).keys()).isEqualTo(4_000);
    }

    @Test
    void whatATransactionReadsIsBoundedBeforeItChangesAnything() throws IOException {
        MvccStore store = open(SMALL.memoryBytes(100 * MOST).underWayBytes(100_000));
        for (int i = 0; i < 100; i++) {
            int key = i;
            answer(store, () -> store.submit(Operation.Put.of(key(key), Octets.of("x".repeat(1_000)))));
        }
        long before = store.revision();
        Operation all = Operation.Range.of(KeyRange.all());
        Operation put = Operation.Put.of(Octets.of("other"), Octets.of("v"));
        Operation deletion = new Operation.Delete(KeyRange.all(), true);
        for (Operation large : List.of(
                new Operation.Txn(List.of(), List.of(put, all), List.of()),
                new Operation.Txn(List.of(), List.of(all), List.of()),
                deletion)) {
            assertThat(denial(() -> answer(store, () -> store.submit(large))))
                    .as(large.toString())
                    .isEqualTo(Denial.TOO_MANY_REQUESTS);
        }
        assertThat(store.revision()).isEqualTo(before);
        assertThat(store.value(Octets.of("other"))).isNull();
        answer(store, () -> store.submit(Operation.Delete.of(KeyRange.all())));
        assertThat(store.keys()).isZero();
    }

    /// A wedge: what was counted for names that never come again was never given back, and filled the memory on paper.
    @Test
    void namesThatNeverComeAgainLeaveNothing() throws IOException {
        MvccStore store = open(SMALL);
        int name = 0;
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < 400; i++)
                assertThat(put(store, ++name)).as("round " + round).isNull();
            emptyAndForget(store);
            assertThat(store.maintenance().alarms()).as("round " + round).isEmpty();
            assertThat(store.memoryBytes()).as("round " + round).isLessThan(DELETIONS);
        }
        answer(store, store::defragment);
        for (int i = 0; i < 200; i++) store.turn();
        assertThat(store.memoryBytes()).isLessThan(2_000);
        // Of what was there nothing is left, not even its files: the lock, the next one, and two or three.
        assertThat(disk.names()).hasSizeLessThan(7);
        MvccStore again = reopened(SMALL);
        assertThat(again.keys()).isOne();
        assertThat(again.revision()).isEqualTo(store.revision());
        assertThat(again.maintenance().verify().findings()).isEmpty();
    }

    /// As many names as fit, in no order, so that leaves are split in their middle.
    @Test
    void namesThatFillTheMemoryAgainAndAgainLeaveNothing() throws IOException {
        MvccStore store = open(SMALL);
        Random random = new Random(5);
        for (int round = 0; round < 30; round++) {
            int some = 0;
            while (put(store, random.nextInt(1_000_000)) == null)
                assertThat(++some).isLessThan(5_000);
            assertThat(some).as("round " + round).isGreaterThan(300);
            emptyAndForget(store);
            assertThat(store.memoryBytes()).as("round " + round).isLessThan(DELETIONS);
            takesPutsAgain(store);
        }
    }

    /// A start packs the leaves, so the same keys take a little less than while they came. Then puts pass until it is
    /// 70 % again, and not one more.
    @Test
    void aStartAfterTheMemoryWasFullTakesPutsForTheLittleThatItPacksBetter() throws IOException {
        MvccStore store = open(SMALL);
        Random random = new Random(5);
        while (put(store, random.nextInt(1_000_000)) == null)
            assertThat(store.keys()).isLessThan(5_000);
        long full = store.memoryBytes();
        assertThat(full).isGreaterThanOrEqualTo(store.memoryBytesMax());
        MvccStore again = reopened(SMALL);
        assertThat(again.memoryBytes()).isLessThanOrEqualTo(full);
        int more = 0;
        while (put(again, random.nextInt(1_000_000)) == null) assertThat(++more).isLessThan(5_000);
        assertThat(again.memoryBytes()).isBetween(again.memoryBytesMax(), again.memoryBytesMax() + 500);
        assertThat(again.maintenance().alarms()).containsExactly(NO_SPACE);
    }

    /// Watchers of what is too much to keep for them read it in the log.
    @Test
    void aDeletionOfMoreThanIsKeptIsHeardOf() throws IOException {
        MvccStore store = open(SMALL.memoryBytes(100 * MOST).underWayBytes(40_000));
        for (int i = 0; i < 1_000; i++) assertThat(put(store, i)).isNull();
        var heard = new Heard();
        store.watch(heard).create(WatchRequest.of(KeyRange.all()));
        store.turn();
        answer(store, () -> store.submit(Operation.Delete.of(KeyRange.all())));
        for (int i = 0; i < 100; i++) store.turn();
        assertThat(heard.events).hasSize(1_000);
    }
}
