package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.control.loop.BackOff;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/// The loop in every order that its threads can take.
class ReconcileLoopTest {
    private static final LoopSettings SETTINGS = LoopSettings.named("loop")
            .parallel(3)
            .every(Duration.ofSeconds(10))
            .backOff(new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5)));

    private final List<String> everything = new ArrayList<>();
    private final List<String> dirty = new ArrayList<>();
    private final AtomicBoolean online = new AtomicBoolean(true);

    private final List<String> missed = new ArrayList<>();
    private int patrolled;
    private final LoopObserver observer = new LoopObserver() {
        @Override
        public void missed(String loop, Object id) {
            missed.add(String.valueOf(id));
        }

        @Override
        public void patrolled(String loop, int ids) {
            patrolled += ids;
        }
    };
    private final Scope<String> scope = new Scope<>() {
        @Override
        public Iterator<String> ids() {
            return List.copyOf(everything).iterator();
        }

        @Override
        public boolean amiss(String id) {
            return dirty.contains(id);
        }
    };

    private ReconcileLoop<String> loop(SeededAmbient process, Reconciler<String> reconciler) {
        return new ReconcileLoop<>(process, SETTINGS, reconciler, scope, online::get, observer).start();
    }

    @SeededTest
    void everyWakeIsFollowedByALookThatBeganAfterIt(SeededScheduler scheduler) {
        // Given a counter for each id, and a reconciler that takes its time after it looked
        SeededAmbient process = scheduler.process("p");
        Map<String, Integer> wanted = new TreeMap<>();
        Map<String, Integer> seen = new TreeMap<>();
        var running = new TreeSet<String>();
        var most = new int[1];
        ReconcileLoop<String> loop = loop(process, id -> {
            assertThat(running.add(id)).as("one at a time for " + id).isTrue();
            most[0] = Math.max(most[0], running.size());
            seen.put(id, wanted.getOrDefault(id, 0));
            process.sleep(Duration.ofMillis(process.random().nextInt(20)));
            running.remove(id);
            return Outcome.settled();
        });
        loop.resume();
        // When several threads change what is wanted and wake the loop
        for (int i = 0; i < 4; i++) {
            process.start("user " + i, () -> {
                try {
                    for (int round = 0; round < 20; round++) {
                        String id = "id" + process.random().nextInt(6);
                        wanted.merge(id, 1, Integer::sum);
                        loop.wake(id);
                        process.sleep(Duration.ofMillis(process.random().nextInt(10)));
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        scheduler.runFor(Duration.ofSeconds(5));
        // Then every last change was seen, and never more were worked on than allowed
        assertThat(seen).isEqualTo(wanted);
        assertThat(most[0]).isBetween(1, 3);
        assertThat(loop.isIdle()).isTrue();
    }

    @SeededTest
    void whatFailsIsTriedAgainWithGrowingPauses(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var attemptsAt = new ArrayList<Duration>();
        ReconcileLoop<String> loop = loop(process, id -> {
            attemptsAt.add(scheduler.elapsed());
            if (attemptsAt.size() < 8) throw new IllegalStateException("not yet");
            return Outcome.settled();
        });
        loop.resume();
        loop.wake("a");
        scheduler.runFor(Duration.ofMinutes(2));
        assertThat(attemptsAt).hasSize(8);
        Duration full = Duration.ofMillis(100);
        for (int i = 1; i < attemptsAt.size(); i++) {
            assertThat(attemptsAt.get(i).minus(attemptsAt.get(i - 1))).isBetween(full.dividedBy(2), full);
            full = full.multipliedBy(2).compareTo(Duration.ofSeconds(5)) < 0
                    ? full.multipliedBy(2)
                    : Duration.ofSeconds(5);
        }
    }

    @SeededTest
    void whatFailsAfterItsOwnWakeStillRests(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var attempts = new int[1];
        var self = new ArrayList<ReconcileLoop<String>>();
        self.add(loop(process, id -> {
            attempts[0]++;
            self.getFirst().wake(id);
            throw new IllegalStateException("never");
        }));
        self.getFirst().resume();
        self.getFirst().wake("a");
        scheduler.runFor(Duration.ofMinutes(1));
        assertThat(attempts[0]).isBetween(10, 40);
    }

    @SeededTest
    void againComesAgainAndAWakeComesEarlier(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var runs = new ArrayList<Duration>();
        ReconcileLoop<String> loop = loop(process, id -> {
            runs.add(scheduler.elapsed());
            return Outcome.again(Duration.ofSeconds(4));
        });
        loop.resume();
        loop.wake("a");
        scheduler.runFor(Duration.ofSeconds(6));
        loop.wake("a");
        scheduler.runFor(Duration.ofSeconds(3));
        assertThat(runs).containsExactly(Duration.ZERO, Duration.ofSeconds(4), Duration.ofSeconds(6));
    }

    @SeededTest
    void whatIsBlockedSaysWhyAndIsLookedAtWithTheNextResync(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var open = new AtomicBoolean();
        ReconcileLoop<String> loop =
                loop(process, id -> open.get() ? Outcome.settled() : Outcome.blocked("no node has room"));
        everything.add("a");
        dirty.add("a");
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(loop.blocked()).containsExactly(Map.entry("a", "no node has room"));
        open.set(true);
        scheduler.runFor(Duration.ofSeconds(10));
        assertThat(loop.blocked()).isEmpty();
    }

    @SeededTest
    void aLookWakesWhatIsAmissOrBlockedAndNobodyElse(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var runs = new ArrayList<String>();
        ReconcileLoop<String> loop = loop(process, id -> {
            runs.add(id);
            return dirty.contains(id) ? Outcome.blocked("no node has room") : Outcome.settled();
        });
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(1));
        dirty.add("a");
        loop.look("a");
        loop.look("b");
        scheduler.runFor(Duration.ofMillis(100));
        assertThat(runs).containsExactly("a");
        assertThat(loop.blocked()).containsOnlyKeys("a");
        // It is well by now, and nobody may read that it still waits.
        dirty.clear();
        loop.look("a");
        scheduler.runFor(Duration.ofMillis(100));
        assertThat(runs).containsExactly("a", "a");
        assertThat(loop.blocked()).isEmpty();
    }

    @SeededTest
    void nothingStartsWhilePausedOrOffline(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var runs = new ArrayList<String>();
        ReconcileLoop<String> loop = loop(process, id -> {
            runs.add(id);
            return Outcome.settled();
        });
        everything.add("dirty");
        dirty.add("dirty");
        loop.wake("woken");
        scheduler.runFor(Duration.ofSeconds(30));
        assertThat(runs).isEmpty();
        online.set(false);
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(30));
        assertThat(runs).isEmpty();
        online.set(true);
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(runs).as("what is well by now needs nobody, woken or not").containsExactly("dirty");
        loop.pause();
        loop.wake("late");
        scheduler.runFor(Duration.ofSeconds(30));
        assertThat(runs).doesNotContain("late");
    }

    @SeededTest
    void closingWaitsForWhatRunsAndInterruptsWhatDoesNotEnd(SeededScheduler scheduler) throws Exception {
        SeededAmbient process = scheduler.process("p");
        var ended = new ArrayList<String>();
        ReconcileLoop<String> loop = loop(process, id -> {
            try {
                process.sleep(id.equals("short") ? Duration.ofSeconds(1) : Duration.ofHours(1));
                ended.add(id);
            } catch (InterruptedException e) {
                ended.add(id + " interrupted");
                throw e;
            }
            return Outcome.settled();
        });
        loop.resume();
        loop.wake("short");
        loop.wake("long");
        scheduler.runFor(Duration.ofMillis(10));
        scheduler.call(process, () -> {
            loop.close(Duration.ofSeconds(3));
            return true;
        });
        scheduler.run();
        assertThat(ended).containsExactly("short", "long interrupted");
    }

    @SeededTest(seeds = 20)
    void aWakeOfItsOwnDoesNotCutShortWhatAReconcilerAskedFor(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var runs = new int[1];
        var self = new ArrayList<ReconcileLoop<String>>();
        self.add(loop(process, id -> {
            runs[0]++;
            self.getFirst().wake(id);
            return Outcome.again(Duration.ofSeconds(10));
        }));
        self.getFirst().resume();
        self.getFirst().wake("a");
        scheduler.runFor(Duration.ofSeconds(35));
        assertThat(runs[0]).isEqualTo(4);
    }

    @SeededTest(seeds = 20)
    void thePatrolFindsWhatNobodyWokeAndCountsIt(SeededScheduler scheduler) {
        // Given ids that are well
        SeededAmbient process = scheduler.process("p");
        for (int i = 0; i < 50; i++) everything.add("id" + i);
        var runs = new ArrayList<String>();
        ReconcileLoop<String> loop = loop(process, id -> {
            runs.add(id);
            dirty.remove(id);
            return Outcome.settled();
        });
        loop.resume();
        scheduler.runFor(Duration.ofMinutes(1));
        assertThat(runs).isEmpty();
        assertThat(missed).isEmpty();
        assertThat(patrolled)
                .as("it looked at all of them in each of six periods")
                .isEqualTo(6 * 50);
        // When one goes amiss and nobody says so
        dirty.add("id17");
        scheduler.runFor(Duration.ofMinutes(1));
        // Then it is found
        assertThat(runs).containsExactly("id17");
        assertThat(missed).containsExactly("id17");
    }

    @SeededTest(seeds = 20)
    void thePatrolLooksAtABoundedShareInASecond(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        for (int i = 0; i < 10_000; i++) everything.add("id" + i);
        var looks = new int[1];
        var counting = new Scope<String>() {
            @Override
            public Iterator<String> ids() {
                return everything.iterator();
            }

            @Override
            public boolean amiss(String id) {
                looks[0]++;
                return false;
            }
        };
        new ReconcileLoop<>(
                        process,
                        SETTINGS.patrolPerSecond(100),
                        id -> Outcome.settled(),
                        counting,
                        online::get,
                        LoopObserver.NONE)
                .start()
                .resume();
        scheduler.runFor(Duration.ofSeconds(10));
        looks[0] = 0;
        scheduler.runFor(Duration.ofSeconds(20));
        assertThat(looks[0]).isBetween(1_900, 2_100);
    }

    @SeededTest(seeds = 20)
    void aLookThatFailsEndsNeitherTheLoopNorItsWork(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var broken = new AtomicBoolean(true);
        boolean error = scheduler.random().nextBoolean();
        var fragile = new Scope<String>() {
            @Override
            public Iterator<String> ids() {
                if (broken.get() && error) throw new LinkageError("a class of a newer version");
                if (broken.get()) throw new IllegalStateException("a value of a newer version");
                return List.of("late").iterator();
            }

            @Override
            public boolean amiss(String id) {
                return true;
            }
        };
        var runs = new TreeSet<String>();
        var loop = new ReconcileLoop<String>(
                        process,
                        SETTINGS,
                        id -> {
                            runs.add(id);
                            return Outcome.settled();
                        },
                        fragile,
                        online::get,
                        LoopObserver.NONE)
                .start();
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(5));
        broken.set(false);
        scheduler.runFor(Duration.ofSeconds(5));
        assertThat(runs).contains("late");
    }

    @SeededTest(seeds = 20)
    void whatCannotBeJudgedFailsAloneAndIsHeardOf(SeededScheduler scheduler) {
        // Given one id among others of which it fails to find out whether it is amiss
        SeededAmbient process = scheduler.process("p");
        everything.addAll(List.of("a", "broken", "c"));
        var partly = new Scope<String>() {
            @Override
            public Iterator<String> ids() {
                return scope.ids();
            }

            @Override
            public boolean amiss(String id) {
                if (id.equals("broken")) throw new IllegalStateException("a value of a newer version");
                return scope.amiss(id);
            }
        };
        dirty.addAll(List.of("a", "c"));
        var runs = new ArrayList<String>();
        var failed = new ArrayList<String>();
        var loop = new ReconcileLoop<String>(
                        process,
                        SETTINGS,
                        id -> {
                            partly.amiss(id);
                            runs.add(id);
                            dirty.remove(id);
                            return Outcome.settled();
                        },
                        partly,
                        online::get,
                        new LoopObserver() {
                            @Override
                            public void failed(String loop, Object id, Throwable thrown, int inARow, Duration pause) {
                                failed.add(String.valueOf(id));
                            }
                        })
                .start();
        // When everything is looked at
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(1));
        // Then the others have their turn
        assertThat(runs).containsExactlyInAnyOrder("a", "c");
        // When somebody hears of it, this is no trouble of his
        loop.look("broken");
        // And the patrol goes on, too
        dirty.add("c");
        scheduler.runFor(Duration.ofMinutes(1));
        assertThat(runs).hasSize(3);
        assertThat(failed).containsOnly("broken");
        assertThat(failed.size()).as("it rests after each failure").isBetween(10, 30);
    }

    @SeededTest(seeds = 20)
    void alarmsRingAlsoWhileALookAtEverythingFails(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var broken = new Scope<String>() {
            @Override
            public Iterator<String> ids() {
                throw new IllegalStateException("a value of a newer version");
            }

            @Override
            public boolean amiss(String id) {
                return false;
            }
        };
        var runs = new int[1];
        var loop = new ReconcileLoop<String>(
                        process,
                        SETTINGS,
                        id -> {
                            runs[0]++;
                            return Outcome.again(Duration.ofSeconds(1));
                        },
                        broken,
                        online::get,
                        LoopObserver.NONE)
                .start();
        loop.resume();
        loop.wake("a");
        scheduler.runFor(Duration.ofSeconds(10));
        assertThat(runs[0]).isGreaterThan(5);
    }

    @SeededTest(seeds = 10)
    void whoFollowsDoesNotFindOutWhatIsAmiss(SeededScheduler scheduler) {
        SeededAmbient process = scheduler.process("p");
        var looks = new int[1];
        var counting = new Scope<String>() {
            @Override
            public Iterator<String> ids() {
                return List.of("a").iterator();
            }

            @Override
            public boolean amiss(String id) {
                looks[0]++;
                return true;
            }
        };
        var loop = new ReconcileLoop<String>(
                        process, SETTINGS, id -> Outcome.settled(), counting, online::get, LoopObserver.NONE)
                .start();
        for (int change = 0; change < 100; change++) loop.look("a");
        scheduler.runFor(Duration.ofMinutes(1));
        assertThat(looks).containsExactly(0);
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(looks).containsExactly(1);
    }

    @SeededTest(seeds = 20)
    void whatIsBlockedIsTriedAgainAShareAtATimeWhoWaitedLongestFirst(SeededScheduler scheduler) {
        // Given many that wait for the same
        SeededAmbient process = scheduler.process("p");
        for (int i = 0; i < 1_000; i++) everything.add("id" + i);
        dirty.addAll(everything);
        var runs = new ArrayList<Map.Entry<String, Duration>>();
        var loop = new ReconcileLoop<String>(
                        process,
                        SETTINGS.patrolPerSecond(100),
                        id -> {
                            runs.add(Map.entry(id, scheduler.elapsed()));
                            return Outcome.blocked("no node has room");
                        },
                        scope,
                        online::get,
                        LoopObserver.NONE)
                .start();
        loop.resume();
        scheduler.runFor(Duration.ofSeconds(9));
        assertThat(runs).hasSize(1_000);
        // When a period has passed, and the time that their number takes
        scheduler.runFor(Duration.ofMillis(10_500));
        // Then each was tried again, none of them twice, and in each second not more than a share
        assertThat(runs).hasSize(2_000);
        assertThat(runs.stream().skip(1_000).map(Map.Entry::getKey).distinct()).hasSize(1_000);
        Map<Long, Long> inASecond = new TreeMap<>();
        runs.stream().skip(1_000).forEach(run -> inASecond.merge(run.getValue().toSeconds(), 1L, Long::sum));
        assertThat(inASecond.values()).allMatch(number -> number <= 100);
    }
}
