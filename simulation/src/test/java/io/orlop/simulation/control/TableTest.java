package io.orlop.simulation.control;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.orlop.control.table.Codec;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Index;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.TableWatch;
import io.orlop.control.table.Writes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeSpec;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import io.orlop.wire.json.JsonDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// Tables of two services over one store, in every order that their threads can take.
class TableTest {
    private static final String PREFIX = "/t/";
    private static final Codec<Integer> NUMBERS = new Codec<>() {
        @Override
        public byte[] encode(Integer value) {
            return value.toString().getBytes(UTF_8);
        }

        @Override
        public Integer decode(byte[] bytes) {
            return Integer.valueOf(new String(bytes, UTF_8));
        }
    };

    private static final class Service {
        final SeededAmbient process;
        final LocalKeyspace keyspace;
        final Table<String, Integer> table;
        final FencedWriter writer;

        Service(SeededScheduler scheduler, LocalStore store, String name, Fence fence, Faults faults) {
            process = scheduler.process(name);
            keyspace = new LocalKeyspace(store, process, faults);
            table = Table.open(process, keyspace, PREFIX, id -> id, NUMBERS);
            writer = new FencedWriter(keyspace, () -> Optional.of(fence));
        }

        /// Reads everything anew, on a thread of its own, if the store can be asked.
        void startRefresh() {
            process.start("refresh", () -> {
                try {
                    table.refresh();
                } catch (StoreUnavailableException notNow) {
                    // Then it stays as it was.
                }
            });
        }

        /// Adds one to a number, over and over until it is kept; makes it or removes it at times.
        int add(String id) throws InterruptedException {
            while (true) {
                Optional<Stored<Integer>> seen = table.get(id);
                int next = seen.map(Stored::value).orElse(0) + 1;
                Writes writes = new Writes();
                seen.ifPresentOrElse(
                        stored -> writes.replace(table, id, stored, next), () -> writes.create(table, id, next));
                try {
                    writer.commit(writes);
                    assertThat(table.value(id).orElse(0))
                            .as("read what was written")
                            .isGreaterThanOrEqualTo(next);
                    return next;
                } catch (RefusalException refused) {
                    process.sleep(Duration.ofMillis(process.random().nextInt(20)));
                }
            }
        }
    }

    private static Fence lead(SeededScheduler scheduler, LocalStore store) {
        SeededAmbient process = scheduler.process("leader");
        var keyspace = new LocalKeyspace(store, process);
        try {
            scheduler.call(
                    process,
                    () -> keyspace.commit(
                            Transaction.of().put("/leader", new byte[0]).build()));
            KeyValue key =
                    scheduler.call(process, () -> keyspace.get("/leader")).orElseThrow();
            return new Fence("/leader", key.createRevision());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Integer> stored(LocalStore store) {
        var all = new TreeMap<String, Integer>();
        store.dump().forEach(entry -> {
            if (entry.key().startsWith(PREFIX)) {
                all.put(entry.key().substring(PREFIX.length()), NUMBERS.decode(entry.value()));
            }
        });
        return all;
    }

    private static Map<String, Integer> shown(Table<String, Integer> table) {
        var all = new TreeMap<String, Integer>();
        table.ids().forEachRemaining(id -> table.value(id).ifPresent(value -> all.put(id, value)));
        return all;
    }

    @SeededTest
    void noUpdateIsLostAndAllSeeTheSameInTheEnd(SeededScheduler scheduler) {
        // Given two services that add to the same numbers, late and with broken streams, and nothing lost
        Random random = scheduler.random();
        var store = new LocalStore(scheduler.process("store"));
        Fence fence = lead(scheduler, store);
        Faults late =
                _ -> new Fate.Delivered(Duration.ofMillis(random.nextInt(30)), Duration.ofMillis(random.nextInt(30)));
        var one = new Service(scheduler, store, "one", fence, late);
        var two = new Service(scheduler, store, "two", fence, late);
        var added = new int[1];
        for (Service service : new Service[] {one, two}) {
            for (int i = 0; i < 3; i++) {
                service.process.start("adder", () -> {
                    try {
                        for (int round = 0; round < 10; round++) {
                            service.add("n" + service.process.random().nextInt(3));
                            added[0]++;
                        }
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        // When streams break and history is compacted meanwhile
        while (added[0] < 60) {
            scheduler.runFor(Duration.ofMillis(50));
            if (random.nextInt(4) == 0) one.keyspace.breakStreams("by chance");
            if (random.nextInt(8) == 0) store.compact(store.revision());
        }
        scheduler.runFor(Duration.ofSeconds(30));
        // Then every addition is there, and both tables show it
        assertThat(stored(store).values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(60);
        assertThat(shown(one.table)).isEqualTo(stored(store));
        assertThat(shown(two.table)).isEqualTo(stored(store));
    }

    @SeededTest
    void aTableNeverGoesBackwards(SeededScheduler scheduler) throws Exception {
        // Given a service whose watch is slow and one that writes, removes and makes anew
        Random random = scheduler.random();
        var store = new LocalStore(scheduler.process("store"));
        Fence fence = lead(scheduler, store);
        var writer = new Service(scheduler, store, "writer", fence, Faults.NONE);
        // And a reader that reads everything anew at times, of which the answers are late
        Faults lateListings = call -> new Fate.Delivered(
                Duration.ZERO, call.equals("load") ? Duration.ofMillis(random.nextInt(60)) : Duration.ZERO);
        var reader = new Service(scheduler, store, "reader", fence, lateListings);
        var seen = new ArrayList<Integer>();
        reader.table.listen(id -> reader.table.value(id).ifPresent(seen::add));
        for (int round = 1; round <= 40; round++) {
            int value = round;
            scheduler.call(writer.process, () -> {
                Optional<Stored<Integer>> stored = writer.table.get("a");
                Writes writes = new Writes();
                if (stored.isEmpty()) writes.create(writer.table, "a", value);
                else if (value % 5 == 0) writes.remove(writer.table, "a", stored.get());
                else writes.replace(writer.table, "a", stored.get(), value);
                return writer.writer.commit(writes);
            });
            // Then the writer sees its own change, however late its watch tells it
            assertThat(writer.table.get("a").isPresent())
                    .isEqualTo(stored(store).containsKey("a"));
            scheduler.runFor(Duration.ofMillis(random.nextInt(20)));
            if (random.nextBoolean()) reader.startRefresh();
            switch (random.nextInt(8)) {
                case 0 -> reader.keyspace.disconnect();
                case 1 -> reader.keyspace.reconnect();
                case 2 -> store.compact(store.revision());
                case 3 ->
                    scheduler.call(writer.process, () -> {
                        writer.table.refresh();
                        return true;
                    });
                case 4 -> writer.keyspace.breakStreams("by chance");
                default -> {}
            }
        }
        reader.keyspace.reconnect();
        scheduler.runFor(Duration.ofMinutes(1));
        // And the reader saw values only in the order they were written, and in the end what there is
        assertThat(seen).isSorted().doesNotHaveDuplicates();
        assertThat(shown(reader.table)).isEqualTo(stored(store));
        assertThat(shown(writer.table)).isEqualTo(stored(store));
        assertThat(reader.table.isSynced()).isTrue();
    }

    @SeededTest(seeds = 30)
    void anAnswerThatComesLateBringsNothingBack(SeededScheduler scheduler) throws Exception {
        // Given a service whose commits are answered late, and another that removes at once what it sees
        Random random = scheduler.random();
        var store = new LocalStore(scheduler.process("store"));
        Fence fence = lead(scheduler, store);
        Faults lateAnswers = call -> new Fate.Delivered(
                Duration.ZERO, call.equals("commit") ? Duration.ofMillis(random.nextInt(60)) : Duration.ZERO);
        var maker = new Service(scheduler, store, "maker", fence, lateAnswers);
        var remover = new Service(scheduler, store, "remover", fence, Faults.NONE);
        remover.table.listen(id -> remover.table
                .get(id)
                .ifPresent(seen -> remover.process.start("removal", () -> {
                    try {
                        remover.process.sleep(Duration.ofMillis(random.nextInt(30)));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    remover.writer.commit(new Writes().remove(remover.table, id, seen));
                })));
        for (int round = 0; round < 10; round++) {
            String id = "n" + round;
            // When it makes one, and hears of its end maybe before it hears that it was made
            scheduler.call(maker.process, () -> maker.writer.commit(new Writes().create(maker.table, id, 1)));
            scheduler.runFor(Duration.ofMillis(100));
            // Then it is gone
            assertThat(shown(maker.table)).isEmpty();
        }
    }

    @SeededTest(seeds = 20)
    void whatCannotBeReadIsNamedAndLeftAlone(SeededScheduler scheduler) throws Exception {
        var store = new LocalStore(scheduler.process("store"));
        Fence fence = lead(scheduler, store);
        var service = new Service(scheduler, store, "s", fence, Faults.NONE);
        scheduler.call(
                service.process,
                () -> service.keyspace.commit(Transaction.of()
                        .put(PREFIX + "a", "garbage".getBytes(UTF_8))
                        .build()));
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(service.table.unreadable()).containsOnlyKeys(PREFIX + "a");
        assertThat(service.table.get("a")).isEmpty();
        scheduler.call(service.process, () -> {
            try {
                service.writer.commit(new Writes().create(service.table, "a", 1));
                throw new AssertionError("it was overwritten");
            } catch (RefusalException refused) {
                assertThat(refused).hasMessageContaining(PREFIX + "a");
            }
            return true;
        });
    }

    @SeededTest(seeds = 20)
    void whoMakesOrReplacesOneValueIsToldWhatIsKept(SeededScheduler scheduler) throws Exception {
        var store = new LocalStore(scheduler.process("store"));
        var service = new Service(scheduler, store, "s", lead(scheduler, store), Faults.NONE);
        Table<String, Integer> table = service.table;
        // When one is made, replaced, and replaced by the same
        Stored<Integer> made = scheduler.call(service.process, () -> service.writer.create(table, "a", 1));
        Stored<Integer> next = scheduler.call(service.process, () -> service.writer.replace(table, "a", made, 2));
        long revision = store.revision();
        Stored<Integer> same = scheduler.call(service.process, () -> service.writer.replace(table, "a", next, 2));
        // Then each answer is what the table holds, and the same is no change
        assertThat(same).isEqualTo(next);
        assertThat(store.revision()).isEqualTo(revision);
        assertThat(table.get("a")).contains(next);
        // And whoever saw what is not there any more is refused, and nobody's value is lost
        assertThatThrownBy(() -> scheduler.call(service.process, () -> service.writer.replace(table, "a", made, 3)))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining(PREFIX + "a");
        assertThat(table.value("a")).contains(2);
    }

    @SeededTest(seeds = 20)
    void whatIsReplacedKeepsWhatThisVersionDoesNotWrite(SeededScheduler scheduler) throws Exception {
        // Given a value as this version would not write it
        var store = new LocalStore(scheduler.process("store"));
        var service = new Service(scheduler, store, "s", lead(scheduler, store), Faults.NONE);
        Table<String, Integer> table = service.table;
        scheduler.call(
                service.process,
                () -> service.keyspace.commit(
                        Transaction.of().put(PREFIX + "a", "+1".getBytes(UTF_8)).build()));
        scheduler.runFor(Duration.ofSeconds(1));
        Stored<Integer> seen = table.get("a").orElseThrow();
        assertThat(seen.foreign()).isEqualTo("+1".getBytes(UTF_8));
        // When it is replaced
        Stored<Integer> next = scheduler.call(service.process, () -> service.writer.replace(table, "a", seen, 2));
        // Then the answer says of it what the table does
        assertThat(next.foreign()).isEqualTo(table.get("a").orElseThrow().foreign());
        assertThat(next.modRevision()).isEqualTo(store.revision());
    }

    @SeededTest(seeds = 30)
    void anIndexSaysWhatTheTableSays(SeededScheduler scheduler) throws Exception {
        // Given numbers by their last digit
        Random random = scheduler.random();
        var store = new LocalStore(scheduler.process("store"));
        var service = new Service(scheduler, store, "s", lead(scheduler, store), Faults.NONE);
        Index<Integer, String, Integer> byDigit = service.table.index(number -> List.of(number % 10));
        var told = new TreeSet<Integer>();
        byDigit.listen(told::add);
        // When they change, come and go
        for (int round = 0; round < 60; round++) {
            String id = "n" + random.nextInt(8);
            int value = random.nextInt(30);
            Optional<Stored<Integer>> seen = service.table.get(id);
            told.clear();
            scheduler.call(service.process, () -> {
                var writes = new Writes();
                if (seen.isEmpty()) writes.create(service.table, id, value);
                else if (value % 3 == 0) writes.remove(service.table, id, seen.get());
                else writes.replace(service.table, id, seen.get(), value);
                return service.writer.commit(writes);
            });
            // Then each group is what a walk over the table finds, and the groups touched were told of
            for (int digit = 0; digit < 10; digit++) {
                int group = digit;
                List<Integer> walked = service.table
                        .values()
                        .filter(number -> number % 10 == group)
                        .toList();
                assertThat(byDigit.of(group)).containsExactlyInAnyOrderElementsOf(walked);
                assertThat(byDigit.count(group)).isEqualTo(walked.size());
            }
            seen.ifPresent(before -> assertThat(told).contains(before.value() % 10));
            service.table.value(id).ifPresent(after -> assertThat(told).contains(after % 10));
        }
    }

    @SeededTest(seeds = 20)
    void oneWatchFeedsManyTablesInTheOrderOfTheirRevisions(SeededScheduler scheduler) throws Exception {
        var store = new LocalStore(scheduler.process("store"));
        SeededAmbient process = scheduler.process("s");
        var keyspace = new LocalKeyspace(store, process);
        Table<String, VolumeSpec> volumes = Table.fed(process, keyspace, "/r/volumes/", id -> id, JsonDocument.VOLUME);
        Table<String, NodeSpec> nodes = Table.fed(process, keyspace, "/r/nodes/", id -> id, JsonDocument.NODE);
        var watch = new TableWatch(process, keyspace, "/r/", List.of(volumes, nodes));
        var node = new NodeSpec(new NodeId("n"), "n:1", Map.of(), List.of(), null, null);
        // When a node is written, and then a key that is no table's
        scheduler.call(
                process,
                () -> keyspace.commit(Transaction.of()
                        .put("/r/nodes/n", JsonDocument.NODE.encode(node))
                        .build()));
        Commit last = scheduler.call(
                process,
                () -> keyspace.commit(
                        Transaction.of().put("/r/leaders/x", new byte[0]).build()));
        // Then whoever waits for the last has the first
        long revision = ((Commit.Committed) last).revision();
        assertThat(scheduler.call(process, () -> watch.awaitTold(revision, Duration.ofSeconds(10))))
                .isTrue();
        assertThat(nodes.value("n")).contains(node);
        assertThat(volumes.isLoaded()).isTrue();
        assertThat(scheduler.call(process, () -> watch.awaitTold(revision + 1, Duration.ofSeconds(1))))
                .isFalse();
    }

    @SeededTest(seeds = 20)
    void whatIsReadAnewIsNotUndoneByAWatchThatIsBehind(SeededScheduler scheduler) throws Exception {
        // Given a value that came and went while the watch of a reader is seconds behind
        var store = new LocalStore(scheduler.process("store"));
        Fence fence = lead(scheduler, store);
        var writer = new Service(scheduler, store, "writer", fence, Faults.NONE);
        var reader = new Service(scheduler, store, "reader", fence, new Late());
        scheduler.runFor(Duration.ofSeconds(10));
        scheduler.call(writer.process, () -> writer.writer.commit(new Writes().create(writer.table, "a", 1)));
        scheduler.call(writer.process, () -> {
            Stored<Integer> seen = writer.table.get("a").orElseThrow();
            return writer.writer.commit(new Writes().remove(writer.table, "a", seen));
        });
        // When everything is read anew
        var seen = new ArrayList<String>();
        reader.table.listen(id -> reader.table.value(id).ifPresent(value -> seen.add(id)));
        scheduler.call(reader.process, () -> {
            reader.table.refresh();
            return true;
        });
        scheduler.runFor(Duration.ofSeconds(30));
        // Then nobody sees it any more
        assertThat(seen).isEmpty();
        assertThat(reader.table.get("a")).isEmpty();
    }

    private static final class Late implements Faults {
        @Override
        public Fate fate(String call) {
            return new Fate.Delivered(Duration.ZERO, Duration.ZERO);
        }

        @Override
        public Duration late() {
            return Duration.ofSeconds(5);
        }
    }
}
