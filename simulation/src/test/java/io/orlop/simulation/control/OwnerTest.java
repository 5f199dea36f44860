package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.local.Faults;
import io.orlop.control.keyspace.local.Faults.Fate;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.owner.Knowledge;
import io.orlop.control.owner.Owner;
import io.orlop.control.table.Table;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a copy comes into office, whatever happens to its lead on the way.
class OwnerTest {
    private static final String KEY = "/mayastor/v2/leaders/test";
    private static final Duration TTL = Duration.ofSeconds(6);

    /// One copy of a service that knows what it must after so long, and dies of this before, if there is any.
    private static final class Copy {
        final SeededAmbient process;
        final Leadership leadership;
        final Owner owner;

        @Nullable
        Error surprise;

        Copy(SeededScheduler scheduler, LocalStore store, Faults faults, Duration learns) {
            process = scheduler.process("copy");
            var keyspace = new LocalKeyspace(store, process, faults);
            leadership = new Leadership(process, keyspace, KEY, "copy:1", TTL);
            owner = new Owner(
                    process,
                    "tests",
                    keyspace,
                    leadership,
                    knowledge(process, learns),
                    LoopSettings.named("tests"),
                    LoopObserver.NONE);
        }

        private Knowledge knowledge(SeededAmbient process, Duration learns) {
            return new Knowledge() {
                @Override
                public List<Table<?, ?>> tables() {
                    return List.of();
                }

                @Override
                public boolean catchUp(Fence fence, Duration atMost) throws InterruptedException {
                    process.sleep(Duration.ofMillis(process.random().nextInt(1, 20)));
                    Error met = surprise;
                    surprise = null;
                    if (met != null) throw met;
                    return process.nanos() >= learns.toNanos();
                }

                @Override
                public boolean awaitObserved(Duration atMost) {
                    return true;
                }
            };
        }
    }

    @SeededTest
    void aLapseOfTrustIsWaitedOut(SeededScheduler scheduler) {
        // Given a lead whose first renewals are kept by the store and answered late, so that for a moment the copy does
        // not trust in it any more, and a copy that is about to take office in this moment
        var store = new LocalStore(scheduler.process("store"));
        var late = new ArrayList<>(List.of(
                Duration.ofMillis(3_910 + scheduler.random().nextInt(80)),
                Duration.ofMillis(3_000 + scheduler.random().nextInt(1_000))));
        Faults faults = call -> new Fate.Delivered(
                Duration.ZERO,
                switch (call) {
                    case "grant" -> Duration.ofMillis(100);
                    case "keepAlive" -> late.isEmpty() ? Duration.ZERO : late.removeFirst();
                    default -> Duration.ZERO;
                });
        var copy = new Copy(scheduler, store, faults, Duration.ofSeconds(7));
        var lapsed = new boolean[1];
        scheduler.always(() -> lapsed[0] |= scheduler.elapsed().toMillis() > 200 && !copy.leadership.isLeading());
        copy.owner.start();
        // When it leads on
        scheduler.runFor(Duration.ofSeconds(6));
        scheduler.runUntil("the lead again", copy.leadership::isLeading, Duration.ofMillis(100));
        assertThat(lapsed).containsExactly(true);
        // Then it takes office all the same
        scheduler.runUntil("the office", copy.owner::isInOffice, Duration.ofSeconds(2));
    }

    @SeededTest(seeds = 30)
    void whoLosesTheLeadWhileTakingOfficeNeverEntersIt(SeededScheduler scheduler) {
        // Given a copy that would know enough only after its lead is over
        var store = new LocalStore(scheduler.process("store"));
        var copy = new Copy(scheduler, store, Faults.NONE, Duration.ofSeconds(2));
        var duties = new int[1];
        copy.owner.duty(fence -> {
            duties[0]++;
            return () -> {};
        });
        copy.owner.start();
        scheduler.runUntil("its lead", copy.leadership::isLeading, TTL);
        // When it resigns meanwhile
        copy.process.start("closing", copy.owner::close);
        scheduler.runFor(Duration.ofSeconds(10));
        // Then nothing of the office was begun
        assertThat(copy.owner.isInOffice()).isFalse();
        assertThat(duties).containsExactly(0);
    }

    @SeededTest(seeds = 30)
    void aSurpriseOnTheWayIsSaidAndSurvived(SeededScheduler scheduler) {
        var store = new LocalStore(scheduler.process("store"));
        var copy = new Copy(scheduler, store, Faults.NONE, Duration.ofSeconds(1));
        copy.surprise = scheduler.random().nextBoolean() ? new LinkageError("a bug") : new AssertionError("a bug");
        copy.owner.start();
        assertThatThrownBy(() -> scheduler.runUntil("the office", copy.owner::isInOffice, TTL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a bug");
        scheduler.runUntil("the office", copy.owner::isInOffice, TTL);
    }
}
