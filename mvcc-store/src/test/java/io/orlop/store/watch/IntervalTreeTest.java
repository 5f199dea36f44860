package io.orlop.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The tree against a look at every range.
class IntervalTreeTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 300 * Integer.getInteger("orlop.longer", 1));

    /// Few letters, and the smallest byte among them: ranges that are the same, touch, and lie within each other.
    private static final byte[] LETTERS = {0, 'a', 'b', 'c', (byte) 0xff};

    private record Member(KeyRange range, int number) {}

    @Test
    void findsWhomAKeyConcernsAndNobodyElse() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            IntervalTree<Member> tree = new IntervalTree<>();
            List<Member> members = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(5) < (step < 150 ? 3 : 2)) {
                    Member member = new Member(range(random), step);
                    members.add(member);
                    tree.add(member.range, member);
                } else if (!members.isEmpty()) {
                    Member gone = members.remove(random.nextInt(members.size()));
                    tree.remove(gone.range, gone);
                }
                Octets key = key(random);
                List<Member> found = new ArrayList<>();
                tree.forEach(key, found::add);
                Set<Member> expected = new HashSet<>();
                for (Member member : members) if (member.range.contains(key)) expected.add(member);
                assertThat(found).as("seed " + seed).doesNotHaveDuplicates();
                assertThat(new HashSet<>(found)).as("seed " + seed).isEqualTo(expected);
            }
        }
    }

    @Test
    void staysLowInWhateverOrderRangesComeAndGo() {
        IntervalTree<Integer> tree = new IntervalTree<>();
        for (int i = 0; i < 10_000; i++) tree.add(ordered(i), i);
        assertThat(tree.height()).isLessThan(20);
        for (int i = 0; i < 9_000; i++) tree.remove(ordered(i), i);
        assertThat(tree.height()).isLessThan(15);
        List<Integer> found = new ArrayList<>();
        tree.forEach(Octets.of("09500/x"), found::add);
        assertThat(found).containsExactly(9_500);
    }

    @Test
    void whoWasNeverThereOrIsGoneIsNoMatter() {
        IntervalTree<String> tree = new IntervalTree<>();
        tree.add(ordered(1), "one");
        tree.remove(ordered(1), "other");
        tree.remove(ordered(2), "one");
        List<String> found = new ArrayList<>();
        tree.forEach(Octets.of("00001/x"), found::add);
        assertThat(found).containsExactly("one");
        tree.remove(ordered(1), "one");
        tree.forEach(Octets.of("00001/x"), found::add);
        assertThat(found).hasSize(1);
        assertThat(tree.height()).isZero();
    }

    private static KeyRange ordered(int i) {
        return KeyRange.prefix(Octets.of("%05d/".formatted(i)));
    }

    private static KeyRange range(Random random) {
        while (true) {
            Octets from = key(random);
            KeyRange range = random.nextInt(4) == 0 ? KeyRange.startingAt(from) : new KeyRange(from, key(random));
            if (!range.isNothing()) return range;
        }
    }

    private static Octets key(Random random) {
        byte[] key = new byte[1 + random.nextInt(3)];
        for (int i = 0; i < key.length; i++) key[i] = LETTERS[random.nextInt(LETTERS.length)];
        return Octets.wrap(key);
    }
}
