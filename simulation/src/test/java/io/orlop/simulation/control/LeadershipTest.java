package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;

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
}
