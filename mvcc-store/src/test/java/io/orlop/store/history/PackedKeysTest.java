package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Octets;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PackedKeysTest {
    @Test
    void findsWhatASortedSetFinds() {
        for (long seed = 0; seed < 200; seed++) findsWhatASortedSetFinds(seed, RandomKeys::any);
    }

    @Test
    void findsKeysThatAreAllAsLongAsEachOtherAndOneThatIsNot() {
        for (long seed = 0; seed < 200; seed++) findsWhatASortedSetFinds(seed, PackedKeysTest::oftenOfOneLength);
    }

    private static Octets oftenOfOneLength(Random random) {
        return random.nextInt(50) == 0
                ? Octets.of("/keys/" + random.nextInt(100))
                : Octets.of("/keys/" + (10_000 + random.nextInt(90_000)));
    }

    private static void findsWhatASortedSetFinds(long seed, Function<Random, Octets> keyOf) {
        Random random = new Random(seed);
        TreeSet<Octets> model = new TreeSet<>();
        PackedKeys keys = PackedKeys.NONE;
        for (int i = 0; i < 60; i++) {
            Octets key = keyOf.apply(random);
            int found = keys.find(key.array());
            assertThat(found >= 0).as("seed " + seed + " " + key).isEqualTo(model.contains(key));
            if (found >= 0) continue;
            assertThat(-1 - found).isEqualTo(model.headSet(key).size());
            keys = keys.with(-1 - found, key.array());
            model.add(key);
            if (random.nextInt(10) == 0) keys = PackedKeys.of(keys.all(), 0, keys.count());
        }
        int i = 0;
        for (Octets key : model) {
            assertThat(keys.find(key.array())).isEqualTo(i);
            assertThat(Octets.wrap(keys.key(i++))).isEqualTo(key);
        }
    }
}
