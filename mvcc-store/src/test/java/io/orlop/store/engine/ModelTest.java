package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The store against the model, answer by answer: values, revisions, counts and refusals.
class ModelTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 100 * Integer.getInteger("orlop.longer", 1));
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(4096).cacheBytes(16_000).txnOperationsMax(8);

    @Test
    void answersAsTheModelDoes() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) run(seed);
    }

    private void run(long seed) throws IOException {
        Chance chance = new Chance(seed);
        StillAmbient ambient = new StillAmbient(seed);
        CrashableDirectory disk = new CrashableDirectory();
        Model model = new Model();
        MvccStore store = MvccStore.openStill(disk, ambient, SMALL);
        Audience audience = new Audience(model, chance);
        for (int step = 0; step < 150; step++) {
            String where = "seed " + seed + " step " + step;
            if (chance.oneIn(60)) {
                disk = disk.afterPowerCut(chance.random);
                store = MvccStore.openStill(disk, ambient, SMALL);
                audience.reopen(store);
            }
            if (chance.oneIn(12)) audience.arrive(store);
            if (chance.oneIn(15)) audience.leave();
            step(chance, ambient, model, store, where);
            for (int turns = chance.random.nextInt(3); turns > 0; turns--) store.turn();
            audience.check(where);
        }
        for (int i = 0; i < 600; i++) {
            audience.open();
            store.turn();
        }
        audience.checkAllHeard("seed " + seed);
    }

    private static void step(Chance chance, StillAmbient ambient, Model model, MvccStore store, String where) {
        switch (chance.random.nextInt(20)) {
            case 0 -> {
                long upTo = chance.random.nextLong(model.revision() + 2);
                same(where, store, () -> store.compact(upTo, false), () -> {
                    model.compact(upTo);
                    return model.revision();
                });
            }
            case 1 -> {
                long id = 1 + chance.random.nextInt(50);
                if (!model.leases.add(id)) return;
                answer(store, store.grantLease(id, 1_000));
            }
            case 2 -> {
                if (model.leases.isEmpty()) return;
                long id = model.leases.first();
                same(where, store, () -> store.revokeLease(id), () -> {
                    model.revoke(id);
                    return model.revision();
                });
            }
            case 3 -> ambient.pass(Duration.ofSeconds(chance.random.nextInt(3)));
            default -> {
                Operation operation = chance.operation(model);
                same(where + " " + operation, store, () -> store.submit(operation), () -> {
                    RequestRules.check(operation, SMALL.txnOperationsMax());
                    return model.apply(operation);
                });
            }
        }
    }

    private static <T> void same(
            String where, MvccStore store, Supplier<CompletableFuture<? extends T>> real, Supplier<? extends T> model) {
        Object expected = outcome(model);
        Object actual = outcome(() -> answer(store, real.get()));
        assertThat(actual).as(where).isEqualTo(expected);
    }

    private static Object outcome(Supplier<?> action) {
        try {
            return action.get();
        } catch (DeniedException denied) {
            return denied.denial();
        }
    }

    private static <T> T answer(MvccStore store, CompletableFuture<T> answer) {
        if (!answer.isDone()) store.turn();
        assertThat(answer).isDone();
        return MvccStore.await(answer);
    }
}
