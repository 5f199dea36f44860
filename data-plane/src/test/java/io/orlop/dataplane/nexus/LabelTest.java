package io.orlop.dataplane.nexus;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.Headroom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What hosts see of copies that the control plane asked for.
class LabelTest {
    private static final List<Integer> BLOCKS = List.of(512, 4096);

    @Test
    void aHostSeesAllOfAVolumeHoweverSmall() {
        for (long size : List.of(1L, 4097L, 1L << 20, 4L << 20, 5L << 20, 64L << 20, (64L << 20) + 1, 1L << 40)) {
            for (int block : BLOCKS) {
                assertThat(seen(size, block))
                        .as("%d bytes, blocks of %d", size, block)
                        .isBetween(size, size + 2 * 4096);
            }
        }
        assertThat(seen(64 << 20, 4096)).isEqualTo(64 << 20);
        assertThat(seen(64 << 20, 512)).isEqualTo((64 << 20) + 7 * 512);
    }

    @Test
    void howMuchAPoolAddsToACopyDoesNotShow() {
        Random random = new Random(13);
        for (int i = 0; i < 1000; i++) {
            Bytes volume = Bytes.of(1 + random.nextLong(1L << 33));
            Bytes replica = Headroom.replica(volume);
            int block = BLOCKS.get(random.nextInt(2));
            long least = Label.dataBlocks(
                    replica.count() / block, block, Headroom.nexus(replica).count());
            long inClusters = replica.roundedUpTo(Bytes.mib(4)).count();
            assertThat(Label.dataBlocks(
                            inClusters / block, block, Headroom.nexus(replica).count()))
                    .isEqualTo(least);
        }
    }

    @Test
    void theLargestVolumeOfARoomFitsAndTheNextOneDoesNot() {
        Random random = new Random(13);
        for (int i = 0; i < 1000; i++) {
            Bytes room = Bytes.of(random.nextLong(1L << 33));
            Bytes volume = Headroom.volume(room);
            if (!volume.isZero()) assertThat(Headroom.replica(volume)).isLessThanOrEqualTo(room);
            assertThat(Headroom.replica(volume.plus(Bytes.of(1)))).isGreaterThan(room);
        }
    }

    /// As it was before copies were larger than their volume, and as it stays for those.
    @Test
    void aCopyAsLargeAsItsVolumeShowsLess() {
        assertThat(512 * Label.dataBlocks((64 << 20) / 512, 512, 64 << 20)).isEqualTo(61_848_576);
        assertThat(Label.dataBlocks((4 << 20) / 512, 512, 4 << 20)).isNegative();
    }

    private static long seen(long size, int block) {
        Bytes replica = Headroom.replica(Bytes.of(size));
        return block
                * Label.dataBlocks(
                        replica.count() / block, block, Headroom.nexus(replica).count());
    }
}
