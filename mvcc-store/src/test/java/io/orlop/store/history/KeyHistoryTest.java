package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The worked example of [KeyHistory]'s comment, line by line.
class KeyHistoryTest {
    private static final Octets KEY = Octets.of("key");

    private KeyIndex index = new KeyIndex();

    private void put(long revision) {
        KeyHistory known = index.history(KEY);
        Change next = known == null ? Change.birth(revision, 0) : known.nextPut(revision, 0);
        index.append(KEY, new Change(next.main(), next.sub(), next.create(), next.version(), 100 + revision));
    }

    private void delete(long revision) {
        index.append(KEY, new Change(revision, 0, 0, 0, 100 + revision));
    }

    private KeyHistory history() {
        return Objects.requireNonNull(index.history(KEY));
    }

    @BeforeEach
    void liveTwiceAndDie() {
        put(2);
        assertThat(history()).hasToString("{2}");
        put(5);
        assertThat(history()).hasToString("{2 5}");
        delete(6);
        assertThat(history()).hasToString("{2 5 6t}");
        put(8);
        assertThat(history()).hasToString("{2 5 6t} {8}");
        put(9);
        assertThat(history()).hasToString("{2 5 6t} {8 9}");
        delete(12);
        assertThat(history()).hasToString("{2 5 6t} {8 9 12t}");
    }

    @Test
    void answersForEveryMoment() {
        assertThat(history().aliveAt(1)).isNull();
        assertThat(history().aliveAt(4)).isEqualTo(new Change(2, 0, 2, 1, 102));
        assertThat(history().aliveAt(5)).isEqualTo(new Change(5, 0, 2, 2, 105));
        assertThat(history().aliveAt(6)).isNull();
        assertThat(history().aliveAt(7)).isNull();
        assertThat(history().aliveAt(8)).isEqualTo(new Change(8, 0, 8, 1, 108));
        assertThat(history().aliveAt(11)).isEqualTo(new Change(9, 0, 8, 2, 109));
        assertThat(history().aliveAt(12)).isNull();
        assertThat(history().at(12)).isEqualTo(new Change(12, 0, 0, 0, 112));
    }

    @Test
    void forgetsWhatOnlyEarlierReadersSaw() {
        compact(5, "{5 6t} {8 9 12t}");
        compact(6, "{6t} {8 9 12t}");
        compact(7, "{8 9 12t}");
        compact(9, "{9 12t}");
        assertThat(history().aliveAt(9)).isEqualTo(new Change(9, 0, 8, 2, 109));
        compact(12, "{12t}");
        index.sweep(null, 13, 1);
        assertThat(index.history(KEY)).isNull();
    }

    private void compact(long revision, String left) {
        index.sweep(null, revision, 1);
        assertThat(history()).as("compacted at " + revision).hasToString(left);
    }

    @Test
    void knowsWhatWasBefore() {
        assertThat(history().before(new Change(2, 0, 2, 1, 102))).isNull();
        assertThat(history().before(new Change(6, 0, 0, 0, 106))).isEqualTo(new Change(5, 0, 2, 2, 105));
        assertThat(history().before(new Change(8, 0, 8, 1, 108)))
                .as("another generation")
                .isNull();
    }

    @Test
    void followsARecordThatMoved() {
        assertThat(index.move(KEY, 9, 0, 109, 77)).isTrue();
        assertThat(history().isAt(9, 0, 77)).isTrue();
        assertThat(history().isAt(9, 0, 109)).isFalse();
        assertThat(history().same(new Change(9, 0, 8, 2, 109))).isEqualTo(new Change(9, 0, 8, 2, 77));
        assertThat(index.move(KEY, 9, 0, 109, 78)).isFalse();
    }

    @Test
    void leavesWhatIsOlderThanTheNewestToTheArchive() {
        FullArchive archive = new FullArchive();
        history().between(0, 12, change -> archive.add(KEY, change));
        for (long settled : new long[] {1, 2, 6, 8, 12}) {
            archive.settledTo(settled);
            index = index.over(archive);
            index.sweep(null, -1, 1);
            answersForEveryMoment();
            knowsWhatWasBefore();
            tellsWhatHappenedBetweenTwoMoments();
            assertThat(history().same(new Change(5, 0, 2, 2, 0))).isEqualTo(new Change(5, 0, 2, 2, 105));
        }
        assertThat(history()).hasToString("{12t}");
        assertThat(history().count()).isEqualTo(1);
    }

    @Test
    void tellsWhatHappenedBetweenTwoMoments() {
        List<Long> mains = new ArrayList<>();
        history().between(5, 9, change -> mains.add(change.main()));
        assertThat(mains).containsExactly(5L, 6L, 8L, 9L);
    }
}
