package io.orlop.store.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The union of ranges, against counting keys one by one.
class TerritoryTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 2000) * 20;

    /// Few letters, and the smallest byte among them: next to each other, and one within the other.
    private static final byte[] LETTERS = {0, 'a', 'b', 'c', (byte) 0xff};

    @Test
    void coversWhatItsRangesCoverTogether() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<KeyRange> granted = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) granted.add(range(random));
            KeyRange asked = range(random);
            assertThat(Territory.of(granted).covers(asked))
                    .as("seed " + seed + ": " + granted + " covers " + asked)
                    .isEqualTo(coversKeyByKey(granted, asked));
        }
    }

    /// Every key of up to four letters: between any two bounds of up to two letters there is one.
    private static boolean coversKeyByKey(List<KeyRange> granted, KeyRange asked) {
        // Of an empty range there is no key; whoever may read the place where it would begin may be told so.
        if (asked.isNothing()) return permitted(granted, asked.from());
        for (Octets key : keys(new ArrayList<>(), new byte[0])) {
            if (asked.contains(key) && !permitted(granted, key)) return false;
        }
        return true;
    }

    private static boolean permitted(List<KeyRange> granted, Octets key) {
        return granted.stream().anyMatch(range -> !range.isNothing() && range.contains(key));
    }

    private static List<Octets> keys(List<Octets> all, byte[] start) {
        for (byte letter : LETTERS) {
            byte[] key = Arrays.copyOf(start, start.length + 1);
            key[start.length] = letter;
            all.add(Octets.wrap(key));
            if (key.length < 4) keys(all, key);
        }
        return all;
    }

    private static KeyRange range(Random random) {
        Octets from = key(random);
        return switch (random.nextInt(6)) {
            case 0 -> KeyRange.startingAt(from);
            case 1, 2 -> KeyRange.single(from);
            default -> new KeyRange(from, key(random));
        };
    }

    private static Octets key(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) key[i] = LETTERS[random.nextInt(LETTERS.length)];
        return Octets.wrap(key);
    }
}
