package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Octets;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PackedKeysTest {
    @Test
    void findsWhatASortedSetFinds() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TreeSet<Octets> model = new TreeSet<>();
            PackedKeys keys = PackedKeys.NONE;
            for (int i = 0; i < 60; i++) {
                Octets key = RandomKeys.any(random);
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
}
