package io.orlop.control.keyspace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What every keyspace does, whatever store is behind it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KeyspaceContract {
    private final String prefix = "/test/" + UUID.randomUUID() + "/";
    private int tests;
    private String here = prefix;

    abstract World world();

    private Keyspace keyspace() {
        return world().client();
    }

    @BeforeEach
    void freshPrefix() {
        here = prefix + tests++ + "/";
    }

    @AfterEach
    void connected() {
        world().mend();
        eventually(this::answers);
    }

    private long put(String name, String value) {
        return committed(
                Transaction.of().put(here + name, value.getBytes(UTF_8)).build());
    }

    private long delete(String name) {
        return committed(Transaction.of().delete(here + name).build());
    }

    private long committed(Transaction transaction) {
        return ((Commit.Committed) keyspace().commit(transaction)).revision();
    }

    private String value(String name) {
        return keyspace()
                .get(here + name)
                .map(found -> new String(found.value(), UTF_8))
                .orElse("(absent)");
    }

    private boolean answers() {
        try {
            return keyspace().get(here).isEmpty();
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void eventually(BooleanSupplier holds) {
        for (int tries = 0; tries < 2_000; tries++) {
            if (holds.getAsBoolean()) return;
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("it never came true");
    }

    @Test
    void whatWasPutIsThere() {
        long revision = put("a", "1");
        KeyValue found = keyspace().get(here + "a").orElseThrow();
        assertThat(found.value()).isEqualTo(bytes("1"));
        assertThat(found.createRevision()).isEqualTo(revision);
        assertThat(found.modRevision()).isEqualTo(revision);
        assertThat(keyspace().get(here + "b")).isEmpty();
    }

    @Test
    void makesWhatIsAbsentAndNotTwice() {
        Transaction make =
                Transaction.of().absent(here + "a").put(here + "a", bytes("1")).build();
        assertThat(keyspace().commit(make)).isInstanceOf(Commit.Committed.class);
        assertThat(keyspace().commit(make)).isInstanceOfSatisfying(Commit.Conflicted.class, conflict -> {
            KeyValue found = Objects.requireNonNull(conflict.found().getFirst().entry());
            assertThat(found.value()).isEqualTo(bytes("1"));
        });
    }

    @Test
    void replacesOnlyWhatWasSeen() {
        long first = put("a", "1");
        long second = put("a", "2");
        Transaction.Builder late = Transaction.of().unchanged(here + "a", first).put(here + "a", bytes("late"));
        assertThat(keyspace().commit(late.build())).isInstanceOf(Commit.Conflicted.class);
        assertThat(value("a")).isEqualTo("2");
        committed(Transaction.of()
                .unchanged(here + "a", second)
                .put(here + "a", bytes("3"))
                .build());
        assertThat(value("a")).isEqualTo("3");
    }

    @Test
    void keepsAllOrNothing() {
        long seen = put("a", "1");
        long revision = committed(Transaction.of()
                .unchanged(here + "a", seen)
                .absent(here + "b")
                .delete(here + "a")
                .put(here + "b", bytes("2"))
                .put(here + "c", bytes("3"))
                .build());
        assertThat(List.of(value("a"), value("b"), value("c"))).containsExactly("(absent)", "2", "3");
        assertThat(keyspace().load(here).entries()).allMatch(entry -> entry.modRevision() == revision);
        Transaction half = Transaction.of()
                .absent(here + "d")
                .absent(here + "c")
                .put(here + "d", bytes("4"))
                .build();
        assertThat(keyspace().commit(half))
                .isInstanceOfSatisfying(Commit.Conflicted.class, conflict -> assertThat(conflict.found())
                        .extracting(found -> found.entry() == null)
                        .containsExactly(true, false));
        assertThat(value("d")).isEqualTo("(absent)");
    }

    @Test
    void refusesADisplacedLeader() {
        long first = put("leader", "one");
        var fence = new Fence(here + "leader", first);
        Transaction write =
                Transaction.of().put(here + "a", bytes("1")).fencedBy(fence).build();
        assertThat(keyspace().commit(write)).isInstanceOf(Commit.Committed.class);
        delete("leader");
        assertThat(keyspace().commit(write)).isEqualTo(new Commit.Displaced(fence));
        put("leader", "two");
        assertThat(keyspace().commit(write)).isEqualTo(new Commit.Displaced(fence));
    }

    @Test
    void listsManyPagesAtOneRevision() {
        var expected = new ArrayList<String>();
        for (int first = 0; first < 60; first += 20) {
            Transaction.Builder some = Transaction.of();
            for (int i = first; i < first + 20; i++) {
                String key = here + "%03d".formatted(i);
                expected.add(key);
                some.put(key, bytes("v" + i));
            }
            committed(some.build());
        }
        long revision = put("zzz", "last");
        expected.add(here + "zzz");
        Listing listing = keyspace().load(here);
        assertThat(listing.entries()).extracting(KeyValue::key).containsExactlyElementsOf(expected);
        assertThat(listing.revision()).isEqualTo(revision);
    }

    @Test
    void aPrefixEndsAtItsSlash() {
        put("pools/a", "in");
        put("pools-old/a", "out");
        put("pools0", "out");
        assertThat(keyspace().load(here + "pools/").entries())
                .extracting(KeyValue::key)
                .containsExactly(here + "pools/a");
    }

    @Test
    void tellsWhatHappensAfterTheListing() throws Exception {
        put("a", "1");
        Listing before = keyspace().load(here);
        put("b", "2");
        var told = new Recorder(here);
        try (Watching _ = keyspace().watch(before, told)) {
            assertThat(told.next(1)).containsExactly("put b=2");
            put("a", "3");
            delete("b");
            committed(Transaction.of()
                    .put(here + "c", bytes("4"))
                    .put(here + "d", bytes("5"))
                    .build());
            assertThat(told.next(4)).containsExactly("put a=3", "del b", "put c=4", "put d=5");
        }
    }

    @Test
    void aWatchFromNothingListsFirst() throws Exception {
        put("a", "1");
        put("b", "2");
        var told = new Recorder(here);
        try (Watching _ = keyspace().watch(Listing.unknown(here), told)) {
            assertThat(told.next(2)).containsExactly("put a=1", "put b=2");
            put("c", "3");
            assertThat(told.next(1)).containsExactly("put c=3");
        }
    }

    @Test
    void neitherLosesNorRepeatsOverABrokenConnection() throws Exception {
        var told = new Recorder(here);
        var expected = new ArrayList<String>();
        try (Watching _ = keyspace().watch(keyspace().load(here), told)) {
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 10; i++) {
                    put("k" + i, round + "." + i);
                    expected.add("put k" + i + "=" + round + "." + i);
                }
                world().cut();
                world().mend();
                eventually(this::answers);
            }
            put("end", "");
            expected.add("put end=");
            assertThat(told.next(expected.size())).isEqualTo(expected);
        }
    }

    @Test
    void tellsTheDifferenceWhereHistoryWasCompacted() throws Exception {
        put("stays", "1");
        put("goes", "1");
        put("changes", "1");
        Listing before = keyspace().load(here);
        delete("goes");
        put("changes", "2");
        put("comes", "1");
        world().compact(put("changes", "3"));
        var told = new Recorder(here);
        try (Watching _ = keyspace().watch(before, told)) {
            assertThat(told.next(3)).containsExactlyInAnyOrder("put changes=3", "put comes=1", "del goes");
            put("comes", "2");
            assertThat(told.next(1)).containsExactly("put comes=2");
        }
    }

    @Test
    void aClosedWatchTellsNothing() throws Exception {
        var told = new Recorder(here);
        var second = new Recorder(here);
        Watching closed = keyspace().watch(keyspace().load(here), told);
        try (Watching _ = keyspace().watch(keyspace().load(here), second)) {
            put("a", "1");
            assertThat(told.next(1)).hasSize(1);
            closed.close();
            put("b", "2");
            assertThat(second.next(2)).hasSize(2);
            put("c", "3");
            assertThat(second.next(1)).hasSize(1);
        }
        assertThat(told.isQuiet()).isTrue();
    }

    @Test
    void aLeaseThatNobodyKeepsTakesItsKeysAlong() throws Exception {
        Lease lease = keyspace().grant(Duration.ofSeconds(2));
        var told = new Recorder(here);
        try (Watching _ = keyspace().watch(keyspace().load(here), told)) {
            committed(Transaction.of()
                    .put(here + "a", bytes("1"), lease.id())
                    .put(here + "b", bytes("2"), lease.id())
                    .build());
            put("c", "3");
            assertThat(told.next(5)).containsExactly("put a=1", "put b=2", "put c=3", "del a", "del b");
        }
        assertThat(keyspace().keepAlive(lease.id())).isEmpty();
    }

    @Test
    void aLeaseCanBeKeptAndEnded() {
        Lease lease = keyspace().grant(Duration.ofSeconds(60));
        committed(Transaction.of().put(here + "a", bytes("1"), lease.id()).build());
        assertThat(keyspace().get(here + "a").orElseThrow().lease()).isEqualTo(lease.id());
        assertThat(keyspace().keepAlive(lease.id())).contains(Duration.ofSeconds(60));
        keyspace().revoke(lease.id());
        keyspace().revoke(lease.id());
        assertThat(value("a")).isEqualTo("(absent)");
    }

    @Test
    void aPutUnderALeaseThatIsGoneChangesNothing() {
        Transaction late = Transaction.of().put(here + "a", bytes("1"), 4711).build();
        assertThatThrownBy(() -> keyspace().commit(late))
                .isInstanceOfSatisfying(StoreUnavailableException.class, thrown -> assertThat(thrown.outcomeUnknown())
                        .isFalse());
        assertThat(value("a")).isEqualTo("(absent)");
    }

    @Test
    void saysSoWhenTheStoreIsAway() {
        put("a", "1");
        assertThat(keyspace().online()).isTrue();
        world().cut();
        assertThatThrownBy(() -> IntStream.range(0, 3).forEach(i -> keyspace().get(here + "a")))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(keyspace().online()).isFalse();
        world().mend();
        eventually(this::answers);
        assertThat(keyspace().online()).isTrue();
    }

    @Test
    void largeValuesComeInSmallPages() {
        // Given many small values, and then more bytes than a message may hold
        Transaction.Builder small = Transaction.of();
        for (int i = 0; i < 100; i++) small.put(here + "a%03d".formatted(i), bytes("v"));
        committed(small.build());
        String large = "x".repeat(1_000_000);
        for (int i = 0; i < 80; i++) put("b%03d".formatted(i), large);
        // When they are read page by page
        var keys = new ArrayList<String>();
        long[] largest = new long[1];
        long revision = keyspace().load(here, page -> {
            long bytes = 0;
            for (KeyValue entry : page) {
                keys.add(entry.key());
                bytes += entry.value().length;
            }
            largest[0] = Math.max(largest[0], bytes);
        });
        // Then all of them come, in order, and never most of them at once
        assertThat(keys).hasSize(180).isSorted().doesNotHaveDuplicates();
        assertThat(largest[0]).isLessThan(66_000_000);
        assertThat(revision).isGreaterThan(0);
        delete("b000");
        assertThat(keyspace().load(here).entries()).hasSize(179);
    }

    @Test
    void aListenerThatTakesPartsHearsTheListingInParts() throws Exception {
        for (int first = 0; first < 300; first += 100) {
            Transaction.Builder some = Transaction.of();
            for (int i = first; i < first + 100; i++) some.put(here + "%03d".formatted(i), bytes("v" + i));
            committed(some.build());
        }
        var parts = new LinkedBlockingQueue<Integer>();
        var whole = new LinkedBlockingQueue<Changes>();
        try (Watching _ = keyspace().watch(Listing.unknown(here), new WatchListener() {
            @Override
            public boolean listed(List<Event> part) {
                return parts.add(part.size());
            }

            @Override
            public void changed(Changes changes) {
                whole.add(changes);
            }
        })) {
            Changes rest = Objects.requireNonNull(whole.poll(20, TimeUnit.SECONDS));
            assertThat(rest.events()).isEmpty();
            assertThat(rest.revision()).isGreaterThan(0);
            assertThat(parts).hasSizeGreaterThan(1);
            assertThat(parts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(300);
            long revision = put("later", "1");
            Changes later = whole.poll(20, TimeUnit.SECONDS);
            while (later != null && later.events().isEmpty()) later = whole.poll(20, TimeUnit.SECONDS);
            assertThat(Objects.requireNonNull(later).revision()).isEqualTo(revision);
        }
    }

    @Test
    void whatAListenerDidNotGetThroughIsToldAgain() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var interruptions = new LinkedBlockingQueue<String>();
        boolean[] failed = new boolean[1];
        try (Watching _ = keyspace().watch(keyspace().load(here), new WatchListener() {
            @Override
            public void changed(Changes changes) {
                for (Event event : changes.events()) {
                    if (!failed[0]) {
                        failed[0] = true;
                        throw new IllegalStateException("a bug in a listener");
                    }
                    heard.add(event.key());
                }
            }

            @Override
            public void interrupted(String why) {
                interruptions.add(why);
            }
        })) {
            put("a", "1");
            put("b", "1");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(here + "a");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(here + "b");
            assertThat(interruptions.poll()).contains("a bug in a listener");
        }
    }
}
