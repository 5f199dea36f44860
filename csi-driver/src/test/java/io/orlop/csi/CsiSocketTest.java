package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsiSocketTest {
    @TempDir
    Path directory;

    @Test
    void belongsToOneAtATime() {
        Path path = directory.resolve("csi.sock");
        CsiSocket ours = CsiSocket.claim(path);

        assertThatThrownBy(() -> CsiSocket.claim(path))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is served by another process");

        ours.close();
        CsiSocket.claim(path).close();
    }

    @Test
    void removesNothingButSockets() throws IOException {
        Path path = Files.writeString(directory.resolve("csi.sock"), "somebody's data");

        assertThatThrownBy(() -> CsiSocket.claim(path))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is no socket");

        assertThat(path).hasContent("somebody's data");
    }

    @Test
    void saysWhenThePathIsTooLong() {
        assertThatThrownBy(() -> CsiSocket.claim(directory.resolve("x".repeat(108))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("107 bytes");
    }

    @Test
    void readsEndpointsAndPaths() {
        assertThat(CsiEndpoint.path("unix:///csi/csi.sock")).isEqualTo("/csi/csi.sock");
        assertThat(CsiEndpoint.path("unix:/csi/csi.sock")).isEqualTo("/csi/csi.sock");
        assertThat(CsiEndpoint.path("csi.sock")).isEqualTo("csi.sock");
        assertThatThrownBy(() -> CsiEndpoint.path("tcp://0.0.0.0:1")).hasMessageContaining("is no Unix socket");
    }
}
