package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PiecesTest {
    @Test
    void theDrawnExample() {
        Pieces pieces = new Pieces(8, 6, 16);
        assertThat(pieces.touched()).isEqualTo(0b0111);
        assertThat(pieces.covered()).isEqualTo(0b0010);
        assertThat(pieces.before(0)).isEqualTo(6);
        assertThat(pieces.after(0)).isEqualTo(2);
        assertThat(pieces.before(0b001)).isZero();
        assertThat(pieces.after(0b100)).isZero();
    }

    /// Byte by byte.
    @Test
    void areWhatABytewiseLookSays() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            int size = 1 + random.nextInt(4);
            int from = random.nextInt(64 * size);
            int length = 1 + random.nextInt(64 * size - from);
            Pieces pieces = new Pieces(size, from, length);
            long touched = 0;
            long covered = -1;
            for (int at = 0; at < 64 * size; at++) {
                boolean in = at >= from && at < from + length;
                if (in) touched |= 1L << at / size;
                else covered &= ~(1L << at / size);
            }
            assertThat(pieces.touched()).isEqualTo(touched);
            assertThat(pieces.covered()).isEqualTo(covered);
            assertThat((from - pieces.before(0)) % size).isZero();
            assertThat((from + length + pieces.after(0)) % size).isZero();
            assertThat(pieces.before(touched) + pieces.after(touched)).isZero();
        }
    }
}
