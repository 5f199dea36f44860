package io.orlop.standalone.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinuxGuestTest {
    private LinuxGuest guest;

    @BeforeAll
    void boot() throws IOException {
        guest = GuestForTest.boot();
    }

    @AfterAll
    void stop() throws IOException {
        if (guest != null) guest.close();
    }

    @Test
    void bootsAndReachesTheHost() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var heard = CompletableFuture.supplyAsync(() -> greet(server));

            String said = guest.expect(
                    "echo from the guest | nc %s %d".formatted(LinuxGuest.HOST_ADDRESS, server.getLocalPort()));

            assertThat(said).isEqualTo("from the host\n");
            assertThat(heard.join()).isEqualTo("from the guest");
        }
    }

    @Test
    void tellsExitCodeAndOutputApart() {
        assertThat(guest.run("echo out; echo err >&2; exit 3")).isEqualTo(new Answer(3, "out\nerr\n"));
        assertThat(guest.run("true")).isEqualTo(new Answer(0, ""));
        assertThat(guest.run("echo 'a \"quoted\" $HOME ü'\necho second").output())
                .isEqualTo("a \"quoted\" $HOME ü\nsecond\n");
    }

    @Test
    void carriesLargeCommandsAndAnswersWhole() {
        String text = "0123456789abcdef".repeat(1_000);

        assertThat(guest.expect("echo " + text)).isEqualTo(text + "\n");
        assertThat(guest.expect("seq 1 100000").lines()).hasSize(100_000).last().isEqualTo("100000");
    }

    @Test
    void speaksNvmeOverTcpAndMakesFileSystems() {
        assertThat(guest.expect("lsmod")).contains("nvme_tcp");
        guest.expect(
                "truncate -s 32M /tmp/disk && mkfs.ext4 -q /tmp/disk && mount -o loop /tmp/disk /mnt && umount /mnt");
    }

    private static String greet(ServerSocket server) {
        try (var socket = server.accept()) {
            var line = new StringBuilder();
            for (int next = socket.getInputStream().read();
                    next != '\n';
                    next = socket.getInputStream().read()) {
                line.append((char) next);
            }
            socket.getOutputStream().write("from the host\n".getBytes(StandardCharsets.UTF_8));
            return line.toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
