package io.orlop.store.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.proof.Heard.Asked;
import io.orlop.store.proof.Heard.Compacted;
import io.orlop.store.proof.Heard.Events;
import io.orlop.store.proof.Heard.Progress;
import io.orlop.store.watch.WatchRequest;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// That each guarantee can be broken, and is then named.
///
/// ```
///   revision   2       3              4        5
///   happened   a = 1   a = 2, b = 1   a gone   b = 2
/// ```
class WatchGuaranteesTest {
    private static final KeyValue A1 = kv("a", "1", 2, 2, 1);
    private static final KeyValue A2 = kv("a", "2", 2, 3, 2);
    private static final KeyValue B1 = kv("b", "1", 3, 3, 1);
    private static final KeyValue B2 = kv("b", "2", 3, 5, 2);
    private static final Event E2 = put(A1, null);
    private static final Event E3A = put(A2, A1);
    private static final Event E3B = put(B1, null);
    private static final Event E4 = new Event(Event.Kind.DELETE, KeyValue.tombstone(Octets.of("a"), 4), A2);
    private static final Event E5 = put(B2, B1);
    private static final WatchRequest ALL = WatchRequest.of(KeyRange.all());

    private static KeyValue kv(String key, String value, long create, long mod, long version) {
        return new KeyValue(Octets.of(key), Octets.of(value), create, mod, version, 0);
    }

    private static Event put(KeyValue kv, @Nullable KeyValue previous) {
        return new Event(Event.Kind.PUT, kv, previous);
    }

    private static Events events(Event... events) {
        return new Events(List.of(events).stream().map(Event::withoutPrevious).toList());
    }

    private static List<Guarantee> broken(WatchRequest wanted, long end, Heard... heard) {
        TreeMap<Long, List<Event>> happened = new TreeMap<>();
        happened.put(2L, List.of(E2));
        happened.put(3L, List.of(E3A, E3B));
        happened.put(4L, List.of(E4));
        happened.put(5L, List.of(E5));
        return WatchGuarantees.broken(wanted, List.of(heard), happened, -1, end);
    }

    private static List<Guarantee> broken(Heard... heard) {
        return broken(ALL, 5, heard);
    }

    @Test
    void acceptsWhatIsRight() {
        assertThat(broken(new Asked(2), events(E2), events(E3A, E3B, E4), new Progress(4), events(E5)))
                .isEmpty();
        assertThat(broken(new Asked(2), events(E2), new Asked(3), events(E3A, E3B), new Asked(4), events(E4, E5)))
                .isEmpty();
        assertThat(broken(new Asked(2), events(E2), new Compacted(5))).isEmpty();
    }

    @Test
    void namesWhatIsOutOfOrder() {
        assertThat(broken(new Asked(2), events(E2), events(E4), events(E3A, E3B), events(E5)))
                .contains(Guarantee.ORDERED);
        assertThat(broken(new Asked(2), events(E2, E4, E3A, E3B, E5))).contains(Guarantee.ORDERED);
    }

    @Test
    void namesWhatComesTwice() {
        assertThat(broken(new Asked(2), events(E2), events(E3A, E3B, E3B), events(E4, E5)))
                .containsOnly(Guarantee.UNIQUE);
    }

    @Test
    void namesWhatIsLeftOut() {
        assertThat(broken(new Asked(2), events(E2), events(E4), events(E5))).containsOnly(Guarantee.RELIABLE);
        assertThat(broken(new Asked(2), events(E2), events(E3A, E3B), events(E4)))
                .containsExactly(Guarantee.RELIABLE);
        assertThat(broken(new Asked(2), events(E2), new Compacted(3)))
                .as("what it wanted next was not compacted")
                .containsExactly(Guarantee.RELIABLE);
    }

    @Test
    void namesWhatComesInHalves() {
        assertThat(broken(new Asked(2), events(E2, E3A), events(E3B, E4), events(E5)))
                .contains(Guarantee.ATOMIC);
        assertThat(broken(new Asked(2), events(E2), events(E3A, E4), events(E5)))
                .containsExactly(Guarantee.ATOMIC);
    }

    @Test
    void namesWhatABreakLostOrRepeated() {
        assertThat(broken(new Asked(2), events(E2), new Asked(3), events(E4, E5)))
                .containsOnly(Guarantee.RESUMABLE);
        assertThat(broken(new Asked(2), events(E2), new Asked(3), events(E2, E3A, E3B, E4, E5)))
                .contains(Guarantee.RESUMABLE);
    }

    @Test
    void namesABookmarkThatComesTooEarly() {
        assertThat(broken(new Asked(2), events(E2), new Progress(3), events(E3A, E3B, E4, E5)))
                .contains(Guarantee.BOOKMARKABLE);
        assertThat(broken(new Asked(2), events(E2, E3A, E3B, E4, E5), new Progress(5), new Progress(4)))
                .containsExactly(Guarantee.BOOKMARKABLE);
    }

    @Test
    void namesWhatWasNotAskedFor() {
        WatchRequest onlyB = WatchRequest.of(KeyRange.single(Octets.of("b")));
        assertThat(broken(onlyB, 5, new Asked(2), events(E3B), events(E5))).isEmpty();
        assertThat(broken(onlyB, 5, new Asked(2), events(E3A, E3B), events(E5))).containsExactly(Guarantee.FILTERED);
        WatchRequest noDeletes = new WatchRequest(0, KeyRange.all(), 0, false, false, true, false);
        assertThat(broken(noDeletes, 5, new Asked(2), events(E2, E3A, E3B), events(E4, E5)))
                .containsExactly(Guarantee.FILTERED);
    }

    @Test
    void namesAWrongPrevious() {
        WatchRequest withPrevious = ALL.withPrevious();
        assertThat(broken(withPrevious, 3, new Asked(2), new Events(List.of(E2, E3A, E3B))))
                .isEmpty();
        Event forgot = E3A.withoutPrevious();
        assertThat(broken(withPrevious, 3, new Asked(2), new Events(List.of(E2, forgot, E3B))))
                .containsExactly(Guarantee.PREVIOUS);
        assertThat(broken(withPrevious, 3, new Asked(2), new Events(List.of(E2, put(A2, B1), E3B))))
                .containsExactly(Guarantee.PREVIOUS);
        assertThat(broken(ALL, 3, new Asked(2), new Events(List.of(E2, E3A, E3B))))
                .containsExactly(Guarantee.PREVIOUS);
    }

    @Test
    void namesWhatNeverHappened() {
        Event invented = put(kv("b", "9", 3, 5, 2), null);
        assertThat(broken(new Asked(2), events(E2, E3A, E3B, E4), events(invented)))
                .contains(Guarantee.TRUE);
        Event notCreated = put(kv("b", "1", 2, 3, 1), null);
        assertThat(broken(ALL, 3, new Asked(2), events(E2), events(E3A, notCreated)))
                .contains(Guarantee.TRUE);
    }
}
