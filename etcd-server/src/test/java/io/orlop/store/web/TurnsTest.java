package io.orlop.store.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns(1);
    private final List<String> begun = new ArrayList<>();

    @Test
    void theyBeginInTheOrderInWhichTheyCame() {
        for (String name : List.of("a", "b", "c"))
            assertThat(turns.take(() -> begun.add(name))).isTrue();
        assertThat(begun).containsExactly("a");
        turns.end();
        turns.end();
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void whoLeavesDoesNotStandInTheWay() {
        turns.take(() -> begun.add("a"));
        List<Runnable> waiting = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            String name = "gone " + i;
            Runnable one = () -> begun.add(name);
            waiting.add(one);
            assertThat(turns.take(one)).isTrue();
        }
        assertThat(turns.take(() -> begun.add("one too many"))).isFalse();
        for (Runnable one : waiting) turns.leave(one);
        assertThat(turns.take(() -> begun.add("b"))).isTrue();
        turns.end();
        assertThat(begun).containsExactly("a", "b");
    }
}
