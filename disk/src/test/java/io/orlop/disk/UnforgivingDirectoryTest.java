package io.orlop.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDirectory;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnforgivingDirectoryTest {
    @Test
    void afterAFailedForceOfNamesNoOtherCounts() throws IOException {
        CrashableDirectory below = new CrashableDirectory();
        UnforgivingDirectory disk = new UnforgivingDirectory(below);
        disk.create("a").close();
        disk.forceNames();
        below.loseNamesAfter(0);
        disk.create("b").close();
        assertThatThrownBy(disk::forceNames).hasMessageContaining("cannot write the names");
        assertThatThrownBy(disk::forceNames).hasMessageContaining("could not be made safe before");
        assertThat(below.afterPowerCut(new Random(0)).names()).containsExactly("a");
    }
}
