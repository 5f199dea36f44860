package io.orlop.store.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.Model;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import io.orlop.store.watch.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What many clients at once saw of a store, over power cuts, has an order in which it could have happened; and those
/// who watched it heard just that.
class HistoriesTest {
    private static final int HISTORIES =
            Integer.getInteger("orlop.histories", 24 * Integer.getInteger("orlop.longer", 1));
    private static final int CLIENTS = 6;
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(8_192).cacheBytes(4_000);

    private interface Opening {
        Entrance open(MvccStore store) throws IOException;
    }

    @Test
    void inThisProcess() throws Exception {
        for (int seed = 0; seed < HISTORIES; seed++) run(seed, 1, 60, InProcess::new);
    }

    @Test
    void inThisProcessOverPowerCuts() throws Exception {
        for (int seed = 0; seed < HISTORIES; seed++) run(seed, 4, 40, InProcess::new);
    }

    @Test
    void overGrpc() throws Exception {
        for (int seed = 0; seed < HISTORIES / 8; seed++) run(seed, 1, 60, OverGrpc::new);
    }

    @Test
    void overGrpcOverPowerCuts() throws Exception {
        for (int seed = 0; seed < HISTORIES / 8; seed++) run(seed, 3, 40, OverGrpc::new);
    }

    private static void run(int seed, int lives, int calls, Opening opening) throws Exception {
        Random random = new Random(seed);
        History history = new History();
        Crowd crowd = new Crowd(history, CLIENTS, 5, false);
        List<WatchRecord> watches = new ArrayList<>();
        for (int i = 0; i < 4; i++) watches.add(new WatchRecord(wanted(random)));
        CrashableDirectory disk = new CrashableDirectory();
        for (int life = 1; life < lives; life++) {
            disk.crashAfter(random.nextInt(250));
            lead(disk, opening, crowd, calls, random, watches);
            disk.crashAfter(0);
            disk = disk.afterPowerCut(random);
        }
        long end;
        try (Entrance entrance = opening.open(store(disk))) {
            List<Entrance.Ear> ears = listen(entrance, watches, random);
            crowd.live(entrance, calls, random.nextLong(), ears);
            end = settle(entrance, history, ears, watches);
        }
        check("seed " + seed, history, watches, end);
    }

    /// One life of the store, which ends at any call to its disk, or when everybody has said what they had to say.
    private static void lead(
            CrashableDirectory disk, Opening opening, Crowd crowd, int calls, Random random, List<WatchRecord> watches)
            throws InterruptedException {
        try (Entrance entrance = opening.open(store(disk))) {
            List<Entrance.Ear> ears = listen(entrance, watches, random);
            crowd.live(entrance, calls, random.nextLong(), ears);
            disk.crashAfter(0);
        } catch (IOException off) {
            // It was not even opened.
        }
    }

    private static MvccStore store(CrashableDirectory disk) throws IOException {
        return MvccStore.open(disk, Ambient.system(), Thread.ofVirtual().factory(), SMALL);
    }

    private static WatchRequest wanted(Random random) {
        KeyRange keys =
                switch (random.nextInt(3)) {
                    case 0 -> KeyRange.all();
                    case 1 -> KeyRange.single(Octets.of("k" + random.nextInt(5)));
                    default -> new KeyRange(Octets.of("k1"), Octets.of("k4"));
                };
        boolean puts = random.nextInt(5) > 0;
        return new WatchRequest(0, keys, 2, true, random.nextBoolean(), puts, !puts || random.nextInt(5) > 0);
    }

    private static List<Entrance.Ear> listen(Entrance entrance, List<WatchRecord> watches, Random random) {
        List<Entrance.Ear> ears = new ArrayList<>();
        for (WatchRecord watch : watches) ears.add(entrance.watch(watch, random.nextBoolean()));
        return ears;
    }

    /// @return the revision that everybody has heard of
    private static long settle(Entrance entrance, History history, List<Entrance.Ear> ears, List<WatchRecord> watches)
            throws InterruptedException {
        Answer all = history.call(new Request.Do(Operation.Range.of(KeyRange.all())), entrance::ask);
        long end = all instanceof Answer.Done(Outcome outcome) ? outcome.revision() : -1;
        assertThat(end).isPositive();
        for (int i = 0; i < ears.size(); i++) {
            ears.get(i).listen(true);
            ears.get(i).requestProgress();
            watches.get(i).awaitProgress(end);
        }
        return end;
    }

    private static void check(String where, History history, List<WatchRecord> watches, long end) {
        List<Call> calls = history.calls();
        var verdict = Linearizability.of(new StoreInSequence(new Model(), heard(watches)), calls);
        if (!verdict.holds()) {
            verdict = Linearizability.of(new StoreInSequence(new Model()), calls);
            assertThat(Linearizability.why(verdict, calls)).as(where).isNull();
            // There is an order, but not the one that watchers heard: some guarantee will turn out to be broken.
        }
        Model model = verdict.end();
        assertThat(model.revision()).isEqualTo(end);
        for (WatchRecord watch : watches) {
            List<Guarantee> broken =
                    WatchGuarantees.broken(watch.wanted(), watch.heard(), model.events(), model.compacted(), end);
            assertThat(broken)
                    .as(where + " " + watch.wanted() + ": " + watch.heard())
                    .isEmpty();
        }
    }

    private static Map<Long, Set<Event>> heard(List<WatchRecord> watches) {
        Map<Long, Set<Event>> heard = new TreeMap<>();
        for (WatchRecord watch : watches) {
            for (Heard one : watch.heard()) {
                if (!(one instanceof Heard.Events(List<Event> events))) continue;
                for (Event event : events) {
                    heard.computeIfAbsent(event.revision(), _ -> new HashSet<>())
                            .add(event.withoutPrevious());
                }
            }
        }
        return heard;
    }

    @Test
    void longOnesKeyByKey() throws Exception {
        runLong(InProcess::new, 32, 60 * HISTORIES);
    }

    @Test
    void longOnesKeyByKeyOverGrpc() throws Exception {
        runLong(OverGrpc::new, 16, 4 * HISTORIES);
    }

    private static void runLong(Opening opening, int clients, int calls) throws Exception {
        History history = new History();
        CrashableDirectory disk = new CrashableDirectory();
        for (int life = 0; life < 2; life++) {
            Crowd crowd = new Crowd(history, clients, 40, true);
            try (Entrance entrance = opening.open(store(disk))) {
                crowd.live(entrance, calls / 2, life, List.of());
            }
        }
        assertThat(history.calls()).hasSize(clients * (calls / 2) * 2);
        for (List<Call> part : KeyInSequence.parts(history.calls())) {
            var verdict = Linearizability.of(new KeyInSequence(), part);
            assertThat(Linearizability.why(verdict, part)).isNull();
        }
    }

    /// A disk that comes back as it was before the last of what was acknowledged, to see that the check sees it.
    @Test
    void seesAStoreThatForgets() throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            History history = new History();
            Crowd crowd = new Crowd(history, CLIENTS, 5, false);
            CrashableDirectory disk = new CrashableDirectory();
            CrashableDirectory copy;
            try (Entrance entrance = new InProcess(store(disk))) {
                crowd.live(entrance, 20, seed, List.of());
                copy = disk.afterPowerCut(new Random(seed));
                crowd.live(entrance, 5, seed + 100, List.of());
            }
            try (Entrance entrance = new InProcess(store(copy))) {
                crowd.live(entrance, 10, seed + 200, List.of());
            }
            assertThat(Linearizability.of(new StoreInSequence(new Model()), history.calls())
                            .holds())
                    .as("seed " + seed)
                    .isFalse();
        }
    }
}
