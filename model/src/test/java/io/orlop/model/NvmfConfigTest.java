package io.orlop.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NvmfConfigTest {
    @Test
    void aPathHasAnIdForEachHostThatAVolumeMayHave() {
        for (int path = 1; path < 1_000; path++) {
            NvmfConfig config = NvmfConfig.ofPath(path);
            assertThat(config.maxControllerId() - config.minControllerId() + 1).isEqualTo(Limits.HOSTS);
        }
    }

    @Test
    void pathsThatMayServeSideBySideShareNoId() {
        Set<Integer> firsts = new HashSet<>();
        for (int path = 1; path <= 255; path++)
            firsts.add(NvmfConfig.ofPath(path).minControllerId());
        assertThat(firsts).hasSize(255);
        assertThat(NvmfConfig.ofPath(256)).isEqualTo(new NvmfConfig(1, Limits.HOSTS, 256, 255));
    }

    @Test
    void eachPathTakesTheReservationFromTheOneBefore() {
        assertThat(NvmfConfig.ofPath(1).preemptKey()).isZero();
        assertThat(NvmfConfig.ofPath(8).preemptKey())
                .isEqualTo(NvmfConfig.ofPath(7).reservationKey());
    }

    @Test
    void refusesIdsThatNoSubsystemHas() {
        assertThatThrownBy(() -> new NvmfConfig(0, 2, 1, 0)).isInstanceOf(RefusalException.class);
        assertThatThrownBy(() -> new NvmfConfig(3, 2, 1, 0)).isInstanceOf(RefusalException.class);
        assertThatThrownBy(() -> new NvmfConfig(1, 0xfff0, 1, 0)).isInstanceOf(RefusalException.class);
    }
}
