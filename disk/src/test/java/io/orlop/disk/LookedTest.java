package io.orlop.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LookedTest {
    private final MemorySegment closed = closed();

    @AfterEach
    void endInterrupt() {
        boolean _ = Thread.interrupted();
    }

    @Test
    void takesBackTheInterruptThatCameWithTheEndOfAMapping() {
        Thread.currentThread().interrupt();
        Looked.into(closed, false);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void leavesEveryOtherInterrupt() {
        Thread.currentThread().interrupt();
        Looked.into(closed, true);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        try (Arena arena = Arena.ofShared()) {
            Looked.into(arena.allocate(1), false);
        }
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    private static MemorySegment closed() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(1);
        }
    }
}
