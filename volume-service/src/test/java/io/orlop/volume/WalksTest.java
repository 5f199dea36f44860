package io.orlop.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.VolumeId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WalksTest {
    private final Walks walks = new Walks();

    @Test
    void aNumberStandsForThePlaceItWasGivenFor() {
        assertThat(walks.place(2)).isEmpty();

        assertThat(walks.number(2, volume(7))).isEqualTo(2);

        assertThat(walks.place(2)).contains(volume(7));
    }

    @Test
    void walksOverAListThatChangedDoNotConfuseEachOther() {
        int first = walks.number(2, volume(7));

        int second = walks.number(2, volume(8));
        int again = walks.number(2, volume(7));

        assertThat(second).isEqualTo(3);
        assertThat(again).isEqualTo(first);
        assertThat(walks.place(first)).contains(volume(7));
        assertThat(walks.place(second)).contains(volume(8));
    }

    @Test
    void whatWasUsedLongAgoIsForgotten() {
        for (int i = 1; i <= 10_001; i++) walks.number(i, volume(i));

        assertThat(walks.place(1)).isEmpty();
        assertThat(walks.place(2)).contains(volume(2));
    }

    private static VolumeId volume(int number) {
        return new VolumeId(new UUID(0, number));
    }
}
