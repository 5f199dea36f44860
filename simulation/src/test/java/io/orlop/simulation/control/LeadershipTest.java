package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.Faults;
import io.orlop.control.keyspace.local.Faults.Fate;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.leadership.LeadershipListener;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Copies of a service that compete, and whatever may happen to them: late and lost calls, a cut connection, a crash.
class LeadershipTest {
    private static final String KEY = "/mayastor/v2/leaders/test";
    private static final Duration TTL = Duration.ofSeconds(6);

    /// One copy: it leads when it can, and while it leads it writes its fence's revision again and again.
    private static final class Copy {
        final SeededAmbient process;
        final LocalKeyspace keyspace;
        final Leadership leadership;
        final List<Fence> terms = new ArrayList<>();

        Copy(SeededScheduler scheduler, LocalStore store, String name, Faults faults) {
            process = scheduler.process(name);
            keyspace = new LocalKeyspace(store, process, faults);
            leadership = new Leadership(process, keyspace, KEY, name, TTL);
            leadership.listen(new LeadershipListener() {
                @Override
                public void acquired(Fence fence) {
                    terms.add(fence);
                    process.start("writer", () -> write(fence));
                }

                @Override
                public void lost(String why) {}
            });
            leadership.start();
        }

        /// A writer that trusts the fence alone: it goes on until the store refuses it.
        private void write(Fence fence) {
            try {
                while (true) {
                    byte[] value = ByteBuffer.allocate(Long.BYTES)
                            .putLong(fence.createRevision())
                            .array();
                    Transaction write = Transaction.of()
                            .put("/written", value)
                            .fencedBy(fence)
                            .build();
                    try {
                        if (keyspace.commit(write) instanceof Commit.Displaced) return;
                    } catch (StoreUnavailableException e) {
                        process.sleep(Duration.ofMillis(50));
                    }
                    process.sleep(Duration.ofMillis(process.random().nextInt(300)));
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Faults faults(Random random) {
        return _ -> {
            int chance = random.nextInt(100);
            if (chance < 5) return new Fate.RequestLost(Duration.ofMillis(random.nextInt(2_000)));
            if (chance < 10) return new Fate.AnswerLost(Duration.ofMillis(random.nextInt(2_000)));
            return new Fate.Delivered(Duration.ofMillis(random.nextInt(200)), Duration.ofMillis(random.nextInt(200)));
        };
    }

    @SeededTest
    void oneLeadsAndWritesOfTheDisplacedAreRefused(SeededScheduler scheduler) {
        // Given three copies over a bad network, and whatever was written
        Random random = scheduler.random();
        var store = new LocalStore(scheduler.process("store"));
        var copies = new ArrayList<Copy>();
        for (int i = 0; i < 3; i++) copies.add(new Copy(scheduler, store, "copy" + i, faults(random)));
        // Then never two believe that they lead, and what is written never comes from an earlier term
        var newest = new long[1];
        scheduler.always(() -> {
            assertThat(copies.stream().filter(copy -> copy.leadership.isLeading()))
                    .hasSizeLessThanOrEqualTo(1);
            long written = written(store);
            assertThat(written).isGreaterThanOrEqualTo(newest[0]);
            newest[0] = written;
        });
        // When they are cut off, mended, crashed and started again
        for (int round = 0; round < 30; round++) {
            scheduler.runFor(Duration.ofMillis(random.nextInt(4_000)));
            int which = random.nextInt(copies.size());
            Copy copy = copies.get(which);
            switch (random.nextInt(4)) {
                case 0 -> copy.keyspace.disconnect();
                case 1 -> copies.forEach(each -> each.keyspace.reconnect());
                case 2 -> {
                    copy.process.crash();
                    copies.set(which, new Copy(scheduler, store, "copy" + which + "." + round, faults(random)));
                }
                default -> copy.keyspace.breakStreams("by chance");
            }
        }
        // And once the network is well, one leads.
        copies.forEach(each -> each.keyspace.reconnect());
        scheduler.runFor(TTL.multipliedBy(6));
        scheduler.runUntil(
                "somebody's lead",
                () -> copies.stream()
                                .filter(each -> each.leadership.isLeading())
                                .count()
                        == 1,
                Duration.ofMinutes(2));
    }

    private static long written(LocalStore store) {
        Optional<KeyValue> found = store.dump().stream()
                .filter(entry -> entry.key().equals("/written"))
                .findFirst();
        return found.map(entry -> ByteBuffer.wrap(entry.value()).getLong()).orElse(0L);
    }

    @SeededTest(seeds = 30)
    void whoResignsLeavesAtOnce(SeededScheduler scheduler) {
        var store = new LocalStore(scheduler.process("store"));
        var first = new Copy(scheduler, store, "first", Faults.NONE);
        scheduler.runFor(Duration.ofSeconds(1));
        var second = new Copy(scheduler, store, "second", Faults.NONE);
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(first.leadership.isLeading()).isTrue();
        assertThat(second.leadership.leader()).contains("first");
        first.leadership.close();
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(first.leadership.isLeading()).isFalse();
        assertThat(second.leadership.isLeading()).isTrue();
    }

    @SeededTest(seeds = 30)
    void whoCannotRenewStopsBeforeAnotherBegins(SeededScheduler scheduler) {
        var store = new LocalStore(scheduler.process("store"));
        var first = new Copy(scheduler, store, "first", Faults.NONE);
        scheduler.runFor(Duration.ofSeconds(1));
        var second = new Copy(scheduler, store, "second", Faults.NONE);
        first.keyspace.disconnect();
        scheduler.runUntil("the end of the first's term", () -> !first.leadership.isLeading(), TTL.multipliedBy(2));
        assertThat(second.leadership.isLeading()).isFalse();
        scheduler.runUntil("the second's lead", second.leadership::isLeading, TTL);
        assertThat(second.terms).hasSize(1);
    }

    @SeededTest(seeds = 30)
    void everybodyKnowsWhereTheLeaderAnswers(SeededScheduler scheduler) {
        // Given one that leads and two that started while it led
        var store = new LocalStore(scheduler.process("store"));
        var first = new Copy(scheduler, store, "first:1", Faults.NONE);
        scheduler.runFor(Duration.ofMillis(10));
        var second = new Copy(scheduler, store, "second:1", Faults.NONE);
        var third = new Copy(scheduler, store, "third:1", Faults.NONE);
        scheduler.runFor(Duration.ofMillis(10));
        for (Copy copy : List.of(first, second, third)) {
            assertThat(copy.leadership.leader()).contains("first:1");
        }
        // When it resigns and another follows
        first.leadership.close();
        scheduler.runFor(Duration.ofMillis(10));
        // Then all know the other at once
        Copy next = second.leadership.isLeading() ? second : third;
        for (Copy copy : List.of(second, third)) {
            assertThat(copy.leadership.leader()).contains(next.process.toString());
        }
    }

    @SeededTest(seeds = 30)
    void whoFollowsLearnsOfEveryChangeOfLeaders(SeededScheduler scheduler) {
        // Given two that take turns in leading, and one that only looks, because it cannot write
        var store = new LocalStore(scheduler.process("store"));
        var onlooker = new Copy(
                scheduler,
                store,
                "onlooker",
                call -> call.equals("grant")
                        ? new Fate.RequestLost(Duration.ZERO)
                        : new Fate.Delivered(Duration.ZERO, Duration.ZERO));
        for (int round = 0; round < 5; round++) {
            var leading = new Copy(scheduler, store, "leader" + round, Faults.NONE);
            scheduler.runUntil("its lead", leading.leadership::isLeading, TTL.multipliedBy(2));
            // Then it knows each of them while it leads, and nobody when nobody leads
            scheduler.runUntil(
                    "what the onlooker knows",
                    () -> onlooker.leadership.leader().equals(Optional.of(leading.process.toString())),
                    TTL);
            leading.leadership.close();
            scheduler.runUntil(
                    "the onlooker's knowing that nobody leads",
                    () -> onlooker.leadership.leader().isEmpty(),
                    Duration.ofSeconds(1));
        }
    }

    @SeededTest(seeds = 30)
    void aRenewalThatHangsCostsNobodyTheLead(SeededScheduler scheduler) {
        // Given a connection in which each second renewal hangs for longer than the lease lasts
        var store = new LocalStore(scheduler.process("store"));
        var renewals = new int[1];
        var first = new Copy(
                scheduler,
                store,
                "first",
                call -> call.equals("keepAlive") && renewals[0]++ % 2 == 0
                        ? new Fate.RequestLost(TTL.multipliedBy(3))
                        : new Fate.Delivered(Duration.ofMillis(1), Duration.ofMillis(1)));
        var second = new Copy(scheduler, store, "second", Faults.NONE);
        scheduler.runUntil("a lead", () -> !first.terms.isEmpty() || !second.terms.isEmpty(), TTL);
        if (first.terms.isEmpty()) second.leadership.close();
        scheduler.runUntil("the first's lead", first.leadership::isLeading, TTL.multipliedBy(2));
        int before = first.terms.size();
        // Then it goes on leading
        scheduler.runFor(TTL.multipliedBy(20));
        assertThat(first.terms).hasSize(before);
        assertThat(first.leadership.isLeading()).isTrue();
    }

    @SeededTest(seeds = 30)
    void aDeathIsFollowedByTheNextTermWithinTheLease(SeededScheduler scheduler) {
        var store = new LocalStore(scheduler.process("store"));
        var first = new Copy(scheduler, store, "first", Faults.NONE);
        scheduler.runFor(Duration.ofMillis(scheduler.random().nextInt(20_000)));
        var second = new Copy(scheduler, store, "second", Faults.NONE);
        scheduler.runFor(Duration.ofMillis(1 + scheduler.random().nextInt(20_000)));
        Duration before = scheduler.elapsed();
        first.process.crash();
        scheduler.runUntil("the second's lead", second.leadership::isLeading, TTL);
        assertThat(scheduler.elapsed().minus(before)).isLessThanOrEqualTo(TTL);
    }

    /// Throws what nobody expects of a store, once.
    private static final class Surprising implements Faults {
        private final String at;
        private boolean done;

        Surprising(String at) {
            this.at = at;
        }

        @Override
        public Fate fate(String call) {
            if (!done && call.equals(at)) {
                done = true;
                throw new IllegalStateException("a bug in " + call);
            }
            return new Fate.Delivered(Duration.ZERO, Duration.ZERO);
        }
    }

    @SeededTest(seeds = 30)
    void aSurpriseIsSaidAndSurvived(SeededScheduler scheduler) {
        var store = new LocalStore(scheduler.process("store"));
        List<String> calls = List.of("get", "grant", "commit", "revoke");
        var surprise = new Surprising(calls.get((int) Math.floorMod(scheduler.seed(), (long) calls.size())));
        var copy = new Copy(scheduler, store, "copy", surprise);
        // When its thread meets what nobody expects
        assertThatThrownBy(() -> {
                    scheduler.runUntil("its lead", copy.leadership::isLeading, TTL.multipliedBy(3));
                    copy.leadership.close();
                    scheduler.runFor(TTL.multipliedBy(3));
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a bug in " + surprise.at);
        // Then it leads all the same, unless it was told to end
        if (surprise.at.equals("revoke")) return;
        scheduler.runUntil("its lead", copy.leadership::isLeading, TTL.multipliedBy(3));
    }
}
