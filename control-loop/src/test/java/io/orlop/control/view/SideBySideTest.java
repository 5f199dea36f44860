package io.orlop.control.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A promise is written `a`, a sighting `a1`: a key and where it was seen.
class SideBySideTest {
    private static Stream<String> of(Stream<String> promised, Stream<String> seen) {
        return SideBySide.of(
                promised,
                name -> name,
                seen,
                name -> name.substring(0, 1),
                (left, right) -> (left == null ? "-" : left) + (right == null ? "-" : right));
    }

    @Test
    void givesEachKeyOnceWithWhatBothSayOfItFirst() {
        assertThat(of(Stream.of("a", "c", "d"), Stream.of("a1", "b1", "d1", "d2")))
                .containsExactly("aa1", "-b1", "c-", "dd1");
    }

    @Test
    void goesOnWhereOneSideEnds() {
        assertThat(of(Stream.of("a", "b"), Stream.of())).containsExactly("a-", "b-");
        assertThat(of(Stream.of(), Stream.of("a1", "a2", "b1"))).containsExactly("-a1", "-b1");
        assertThat(of(Stream.of(), Stream.of())).isEmpty();
    }

    @Test
    void readsNoFurtherThanIsAsked() {
        Stream<String> endless = Stream.iterate("a", name -> name + "a");
        assertThat(of(endless, Stream.of("b1")).limit(2)).containsExactly("a-", "aa-");
    }

    @Test
    void hasAnEnd() {
        Iterator<String> walk = of(Stream.of("a"), Stream.of()).iterator();
        walk.next();
        assertThatThrownBy(walk::next).isInstanceOf(NoSuchElementException.class);
    }
}
