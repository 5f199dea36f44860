package io.orlop.store.proof;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Many clients at once, each on a virtual thread, over few keys so that they meet. Which value a client puts says who
/// it was, so that no two are the same.
final class Crowd {
    private final History history;
    private final int clients;
    private final List<Octets> keys;
    private final boolean oneKeyAtATime;
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicLong newest = new AtomicLong(1);
    private final Map<Octets, KeyValue> known = new ConcurrentHashMap<>();

    /// @param oneKeyAtATime whether each call is about one key, so that keys can be looked at one by one
    Crowd(History history, int clients, int keys, boolean oneKeyAtATime) {
        this.history = history;
        this.clients = clients;
        this.keys = new ArrayList<>();
        this.oneKeyAtATime = oneKeyAtATime;
        for (int i = 0; i < keys; i++) this.keys.add(Octets.of("k" + i));
    }

    long newest() {
        return newest.get();
    }

    /// Each client makes so many calls, or ends with the first of no known outcome.
    void live(Entrance entrance, int calls, long seed, List<Entrance.Ear> ears) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            Random random = new Random(seed * 31 + client);
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < calls; i++) {
                    if (!ears.isEmpty()) disturb(random, ears);
                    if (learn(history.call(request(random), entrance::ask)) instanceof Answer.Unknown) return;
                }
            }));
        }
        for (Thread thread : threads) thread.join();
    }

    /// Whoever watches does not always listen.
    private static void disturb(Random random, List<Entrance.Ear> ears) {
        Entrance.Ear ear = ears.get(random.nextInt(ears.size()));
        switch (random.nextInt(8)) {
            case 0 -> ear.listen(false);
            case 1, 2 -> ear.listen(true);
            case 3 -> ear.requestProgress();
            default -> {}
        }
    }

    private Answer learn(Answer answer) {
        if (!(answer instanceof Answer.Done(Outcome outcome))) return answer;
        newest.accumulateAndGet(outcome.revision(), Math::max);
        if (outcome instanceof Outcome.Ranged ranged) {
            for (KeyValue kv : ranged.kvs()) known.put(kv.key(), kv);
        }
        return answer;
    }

    private Request request(Random random) {
        if (!oneKeyAtATime && random.nextInt(60) == 0) {
            return new Request.Compact(Math.max(1, newest.get() - random.nextInt(60)));
        }
        return new Request.Do(oneKeyAtATime ? ofOneKey(random) : operation(random));
    }

    private Octets key(Random random) {
        return keys.get(random.nextInt(keys.size()));
    }

    private Octets value(Random random) {
        String value = "v" + values.incrementAndGet();
        return Octets.of(random.nextInt(10) == 0 ? value + "x".repeat(700) : value);
    }

    private Operation ofOneKey(Random random) {
        Octets key = key(random);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> Operation.Put.of(key, value(random));
            case 3 -> Operation.Delete.of(key);
            case 4, 5 -> {
                KeyValue last = known.get(key);
                Octets expected = last == null ? Octets.of("nothing") : last.value();
                yield new Operation.Txn(
                        List.of(Comparison.value(key, Comparison.Relation.EQUAL, expected)),
                        List.of(Operation.Put.of(key, value(random))),
                        List.of(Operation.Range.of(key)));
            }
            default -> Operation.Range.of(key);
        };
    }

    private Operation operation(Random random) {
        Octets key = key(random);
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> new Operation.Put(key, value(random), 0, random.nextBoolean(), false, false);
            case 6, 7 -> new Operation.Delete(KeyRange.single(key), random.nextBoolean());
            case 8 -> new Operation.Delete(new KeyRange(key, key(random)), true);
            case 9, 10, 11 -> Operation.Range.of(key);
            case 12, 13 -> Operation.Range.of(KeyRange.all()).limitedTo(random.nextInt(4));
            case 14 -> Operation.Range.of(KeyRange.all()).at(Math.max(1, newest.get() - random.nextInt(20)));
            case 15, 16 -> moving(random, key, key(random));
            default -> replacing(random, key);
        };
    }

    /// Of two keys always both or none.
    private Operation moving(Random random, Octets from, Octets to) {
        if (from.equals(to)) return Operation.Range.of(from);
        return new Operation.Txn(
                List.of(Comparison.version(from, Comparison.Relation.GREATER, 0)),
                List.of(Operation.Delete.of(from), Operation.Put.of(to, value(random))),
                List.of(Operation.Range.of(from), Operation.Put.of(from, value(random))));
    }

    private Operation replacing(Random random, Octets key) {
        KeyValue last = known.get(key);
        long mod = last == null ? 0 : last.modRevision();
        return new Operation.Txn(
                List.of(Comparison.mod(key, Comparison.Relation.EQUAL, mod)),
                List.of(Operation.Put.of(key, value(random)), Operation.Range.of(KeyRange.all())),
                List.of(Operation.Range.of(key)));
    }
}
