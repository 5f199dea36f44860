package io.orlop.control.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.ManualAmbient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GraceTest {
    private final ManualAmbient ambient = new ManualAmbient();
    private final Grace<String> grace = new Grace<>(ambient, Duration.ofSeconds(30));

    @Test
    void beginsWithTheFirstLook() {
        assertThat(grace.left("a")).isEqualTo(Duration.ofSeconds(30));
        ambient.advance(Duration.ofSeconds(10));
        assertThat(grace.left("a")).isEqualTo(Duration.ofSeconds(20));
        assertThat(grace.left("b")).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void isOverAfterAWhile() {
        grace.left("a");
        ambient.advance(Duration.ofSeconds(30));
        assertThat(grace.left("a")).isZero();
        ambient.advance(Duration.ofSeconds(1));
        assertThat(grace.left("a")).isNegative();
    }

    @Test
    void beginsAnewForWhatWasNeededMeanwhile() {
        // Given
        grace.left("a");
        ambient.advance(Duration.ofSeconds(29));
        // When
        grace.forget("a");
        // Then
        assertThat(grace.left("a")).isEqualTo(Duration.ofSeconds(30));
    }
}
