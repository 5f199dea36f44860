package io.orlop.store.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.Model;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// That the checker can say no. Each history is a few calls drawn by hand: from, to, what was asked, what came of it.
class LinearizabilityTest {
    private final List<Call> history = new ArrayList<>();

    private void put(long from, long to, String key, String value, long revision) {
        done(from, to, Operation.Put.of(Octets.of(key), Octets.of(value)), new Outcome.Put(revision, null));
    }

    private void lostPut(long from, String key, String value) {
        history.add(Call.unknown(new Request.Do(Operation.Put.of(Octets.of(key), Octets.of(value))), from));
    }

    private void get(long from, long to, String key, long revision, KeyValue... found) {
        Outcome outcome = new Outcome.Ranged(revision, List.of(found), false, found.length);
        done(from, to, Operation.Range.of(Octets.of(key)), outcome);
    }

    private void done(long from, long to, Operation operation, Outcome outcome) {
        history.add(new Call(new Request.Do(operation), from, to, new Answer.Done(outcome)));
    }

    private static KeyValue kv(String key, String value, long create, long mod, long version) {
        return new KeyValue(Octets.of(key), Octets.of(value), create, mod, version, 0);
    }

    private boolean hasAnOrder() {
        return Linearizability.of(new StoreInSequence(new Model()), history).holds();
    }

    private boolean eachKeyHasAnOrder() {
        return KeyInSequence.parts(history).stream()
                .allMatch(part -> Linearizability.of(new KeyInSequence(), part).holds());
    }

    private void isRefused() {
        assertThat(hasAnOrder()).isFalse();
        assertThat(eachKeyHasAnOrder()).isFalse();
    }

    private void isAccepted() {
        assertThat(hasAnOrder()).isTrue();
        assertThat(eachKeyHasAnOrder()).isTrue();
    }

    @Test
    void acceptsWhatOverlaps() {
        put(1, 10, "k", "a", 3);
        put(2, 9, "k", "b", 2);
        get(3, 8, "k", 2, kv("k", "b", 2, 2, 1));
        get(4, 7, "k", 1);
        get(11, 12, "k", 3, kv("k", "a", 2, 3, 2));
        isAccepted();
    }

    @Test
    void refusesAStaleRead() {
        put(1, 2, "k", "a", 2);
        put(3, 4, "k", "b", 3);
        get(5, 6, "k", 3, kv("k", "a", 2, 2, 1));
        isRefused();
    }

    @Test
    void refusesAReadOfThePastAfterAReadOfThePresent() {
        put(1, 2, "k", "a", 2);
        put(3, 20, "k", "b", 3);
        get(4, 5, "k", 3, kv("k", "b", 2, 3, 2));
        get(6, 7, "k", 2, kv("k", "a", 2, 2, 1));
        isRefused();
    }

    @Test
    void refusesALostWrite() {
        put(1, 2, "k", "a", 2);
        get(3, 4, "k", 2);
        isRefused();
    }

    @Test
    void refusesWhatNobodyPut() {
        put(1, 2, "k", "a", 2);
        get(3, 4, "k", 2, kv("k", "z", 2, 2, 1));
        isRefused();
    }

    @Test
    void refusesTwoWhoBothReplacedTheSame() {
        put(1, 2, "k", "a", 2);
        done(3, 6, replacing("k", "a", "b"), new Outcome.Txn(3, true, List.of(new Outcome.Put(3, null))));
        done(4, 5, replacing("k", "a", "c"), new Outcome.Txn(4, true, List.of(new Outcome.Put(4, null))));
        isRefused();
    }

    private static Operation replacing(String key, String from, String to) {
        Octets name = Octets.of(key);
        return new Operation.Txn(
                List.of(Comparison.value(name, Comparison.Relation.EQUAL, Octets.of(from))),
                List.of(Operation.Put.of(name, Octets.of(to))),
                List.of(Operation.Range.of(name)));
    }

    @Test
    void aChangeOfNoKnownOutcomeMayHappenLateOrNever() {
        lostPut(1, "k", "a");
        get(2, 3, "k", 1);
        get(4, 5, "k", 2, kv("k", "a", 2, 2, 1));
        lostPut(6, "k", "b");
        get(7, 8, "k", 2, kv("k", "a", 2, 2, 1));
        isAccepted();
    }

    @Test
    void aChangeOfNoKnownOutcomeDoesNotHappenTwiceNorGoAway() {
        lostPut(1, "k", "a");
        get(2, 3, "k", 2, kv("k", "a", 2, 2, 1));
        get(4, 5, "k", 2);
        isRefused();
        history.removeLast();
        get(4, 5, "k", 3, kv("k", "a", 2, 3, 2));
        isRefused();
    }

    @Test
    void aChangeDoesNotHappenBeforeItIsAskedFor() {
        get(1, 2, "k", 2, kv("k", "a", 2, 2, 1));
        lostPut(3, "k", "a");
        isRefused();
    }

    @Test
    void refusesARevisionThatWasGivenTwiceOrLeftOut() {
        put(1, 2, "a", "1", 2);
        put(3, 4, "b", "1", 2);
        assertThat(hasAnOrder()).isFalse();
        history.removeLast();
        put(3, 4, "b", "1", 4);
        assertThat(hasAnOrder()).isFalse();
        history.removeLast();
        put(3, 4, "b", "1", 3);
        assertThat(hasAnOrder()).isTrue();
    }

    @Test
    void refusesARangeThatSawHalfATransaction() {
        List<Operation> both = List.of(
                Operation.Put.of(Octets.of("a"), Octets.of("1")), Operation.Put.of(Octets.of("b"), Octets.of("1")));
        List<Outcome> puts = List.of(new Outcome.Put(2, null), new Outcome.Put(2, null));
        done(1, 10, new Operation.Txn(List.of(), both, List.of()), new Outcome.Txn(2, true, puts));
        done(2, 3, all(), new Outcome.Ranged(2, List.of(kv("a", "1", 2, 2, 1)), false, 1));
        assertThat(hasAnOrder()).isFalse();
        history.removeLast();
        List<KeyValue> kvs = List.of(kv("a", "1", 2, 2, 1), kv("b", "1", 2, 2, 1));
        done(2, 3, all(), new Outcome.Ranged(2, kvs, false, 2));
        assertThat(hasAnOrder()).isTrue();
    }

    private static Operation all() {
        return Operation.Range.of(KeyRange.all());
    }

    @Test
    void refusesAReadOfWhatWasCompacted() {
        put(1, 2, "a", "1", 2);
        put(3, 4, "a", "2", 3);
        history.add(new Call(new Request.Compact(3), 5, 6, new Answer.Compacted()));
        Operation past = Operation.Range.of(Octets.of("a")).at(2);
        history.add(new Call(new Request.Do(past), 7, 8, new Answer.Refused(Denial.COMPACTED)));
        assertThat(hasAnOrder()).isTrue();
        done(9, 10, past, new Outcome.Ranged(3, List.of(kv("a", "1", 2, 2, 1)), false, 1));
        assertThat(hasAnOrder()).isFalse();
    }

    /// Histories made from an order, so that there is one; then one answer is made another's.
    @Test
    void findsTheOrderAHistoryWasMadeFromAndSeesWhenAnAnswerIsExchanged() {
        int refused = 0;
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            history.clear();
            Model model = new Model();
            for (int i = 0; i < 60; i++) made(random, model, 10 * i);
            assertThat(hasAnOrder()).as("seed " + seed).isTrue();
            int at = random.nextInt(history.size());
            Call call = history.get(at);
            Call other = history.get(random.nextInt(history.size()));
            if (call.answer().equals(other.answer())) continue;
            history.set(at, new Call(call.request(), call.invoked(), call.returned(), other.answer()));
            assertThat(hasAnOrder())
                    .as("seed " + seed + " with an exchanged answer")
                    .isFalse();
            refused++;
        }
        assertThat(refused).isGreaterThan(50);
    }

    private void made(Random random, Model model, long at) {
        Octets key = Octets.of("k" + random.nextInt(3));
        Operation operation =
                switch (random.nextInt(4)) {
                    case 0 -> Operation.Range.of(key);
                    case 1 -> Operation.Delete.of(key);
                    default -> Operation.Put.of(key, Octets.of("v" + at));
                };
        try {
            Outcome outcome = model.apply(operation);
            // It took effect at this moment; it was asked some time before and answered some time after.
            long invoked = at - random.nextInt(40);
            long returned = at + 1 + random.nextInt(40);
            done(4 * invoked + random.nextInt(4), 4 * returned + random.nextInt(4), operation, outcome);
        } catch (DeniedException denied) {
            throw new AssertionError(denied);
        }
    }
}
