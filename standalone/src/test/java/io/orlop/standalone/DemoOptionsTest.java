package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreLogin;
import io.orlop.wire.store.StoreTls;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoOptionsTest {
    @Test
    void nothingAskedGivesTheDocumentedDefaults() {
        assertThat(DemoOptions.parse(List.of()))
                .isEqualTo(new DemoOptions(
                        3,
                        1,
                        Bytes.gib(1),
                        Path.of("demo"),
                        8081,
                        2379,
                        8420,
                        "127.0.0.1",
                        "127.0.0.1",
                        Path.of("demo/csi.sock"),
                        1_000_000,
                        null));
    }

    @Test
    void everyOptionIsTaken() {
        var options = DemoOptions.parse(List.of(
                "--nodes",
                "5",
                "--pools=2",
                "--pool-size",
                "512MiB",
                "--dir",
                "/x",
                "--rest-port",
                "1",
                "--store-port",
                "2",
                "--nvme-port",
                "3",
                "--advertise",
                "10.0.2.2",
                "--listen",
                "10.0.2.3",
                "--csi-socket",
                "/s",
                "--history",
                "7",
                "--store",
                "https://a:1,https://b:1",
                "--orlop.store.tls.ca=/ca",
                "--orlop.store.tls.certificate=/mine",
                "--orlop.store.tls.key=/key",
                "--orlop.store.user=orlop",
                "--orlop.store.password-file=/secret"));

        assertThat(options)
                .isEqualTo(new DemoOptions(
                        5,
                        2,
                        Bytes.mib(512),
                        Path.of("/x"),
                        1,
                        2,
                        3,
                        "10.0.2.2",
                        "10.0.2.3",
                        Path.of("/s"),
                        7,
                        new StoreAccess(
                                List.of("https://a:1", "https://b:1"),
                                new StoreTls(Path.of("/ca"), Path.of("/mine"), Path.of("/key")),
                                new StoreLogin("orlop", null, Path.of("/secret")))));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1", "0.0.0.0,127.0.0.1", "::,127.0.0.1", "10.0.2.3,10.0.2.3", "fd00::1,[fd00::1]"})
    void whatListensIsReachedFromHere(String listen, String reached) {
        assertThat(DemoOptions.parse(List.of("--listen", listen)).reach()).isEqualTo(reached);
    }

    @ParameterizedTest
    @CsvSource({
        "--nodes,zero,--nodes is 'zero'",
        "--nodes,0,1 to 64",
        "--pool-size,many,512MiB",
        "--pool-size,1MiB,at least 64 MiB",
        "--pool-size,9999999T,no disk is that large",
        "--pool-size,99999999999999999999,no disk is that large",
        "--orlop.store.tls.ca,/ca,no --store",
        "--rest-port,65536,65535",
        "--colour,red,--colour is no option"
    })
    void whatIsWrongIsNamed(String option, String value, String words) {
        assertThatThrownBy(() -> DemoOptions.parse(List.of(option, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("--help");
    }

    @Test
    void aValueThatIsMissingIsNamed() {
        assertThatThrownBy(() -> DemoOptions.parse(List.of("--nodes"))).hasMessageContaining("--nodes needs a value");
        assertThatThrownBy(() -> DemoOptions.parse(List.of("--colour"))).hasMessageContaining("--colour is no option");
    }

    @Test
    void whatProvesWhoWeAreIsWhole() {
        assertThatThrownBy(() -> DemoOptions.parse(List.of("--store=https://a:1", "--orlop.store.tls.key=/key")))
                .hasMessageContaining("orlop.store.tls.certificate");
        assertThatThrownBy(() -> DemoOptions.parse(List.of("--store=http://a:1", "--orlop.store.tls.ca=/ca")))
                .hasMessageContaining("https");
        assertThatThrownBy(() -> DemoOptions.parse(List.of("--store=http://a:1", "--orlop.store.user=orlop")))
                .hasMessageContaining("password");
    }
}
