package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.engine.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFlagsTest {
    @TempDir
    Path directory;

    private static StoreFlags parse(String... arguments) throws IOException {
        return StoreFlags.parse(Map.of(), arguments);
    }

    @Test
    void takesFlagsAsGoDoes() throws IOException {
        StoreFlags flags =
                parse("-name", "one", "--max-txn-ops=7", "--client-cert-auth", "--grpc-keepalive-min-time", "1m1.5s");
        assertThat(flags.dataDirectory()).isEqualTo(Path.of("one.etcd"));
        assertThat(flags.size(StoreFlag.MAX_TXN_OPS)).isEqualTo(7);
        assertThat(flags.on(StoreFlag.CLIENT_CERT_AUTH)).isTrue();
        assertThat(flags.duration(StoreFlag.GRPC_KEEPALIVE_MIN_TIME)).isEqualTo(Duration.ofMillis(61_500));
    }

    @Test
    void aFlagGoesBeforeTheEnvironment() throws IOException {
        var environment = Map.of("ETCD_NAME", "environment", "ETCD_MAX_TXN_OPS", "9");
        StoreFlags flags = StoreFlags.parse(environment, "--name=flag");
        assertThat(flags.text(StoreFlag.NAME)).isEqualTo("flag");
        assertThat(flags.size(StoreFlag.MAX_TXN_OPS)).isEqualTo(9);
    }

    @Test
    void aFileStandsAlone() throws IOException {
        Path file = Files.writeString(
                directory.resolve("conf.yml"),
                """
                # a comment
                name: 'file'
                max-txn-ops: 5 # another
                client-transport-security:
                  cert-file: "a.crt"
                peer-transport-security:
                  cert-file: b.crt
                """);
        StoreFlags flags = parse("--name=flag", "--config-file", file.toString(), "--max-request-bytes=1");
        assertThat(flags.text(StoreFlag.NAME)).isEqualTo("file");
        assertThat(flags.text(StoreFlag.CERT_FILE)).isEqualTo("a.crt");
        assertThat(flags.text(StoreFlag.PEER_CERT_FILE)).isEqualTo("b.crt");
        assertThat(flags.size(StoreFlag.MAX_REQUEST_BYTES)).isEqualTo(1_572_864);
    }

    @Test
    void refusesAFileThatItDoesNotUnderstand() throws IOException {
        Path file = Files.writeString(directory.resolve("conf.yml"), "name: one\nnonsense: 2\n");
        assertThatThrownBy(() -> parse("--config-file", file.toString())).hasMessageContaining("line 2: nonsense: 2");
    }

    @Test
    void refusesWhatASingleNodeCannotBe() {
        assertThatThrownBy(() -> parse("--force-new-cluster")).hasMessageContaining("--force-new-cluster=true");
        assertThatThrownBy(() -> parse("--initial-cluster", "default=http://a:1,other=http://b:1")
                        .peerUrls())
                .hasMessageContaining("other=http://b:1");
        assertThatThrownBy(() -> parse("--nonsense", "1")).hasMessage("flag provided but not defined: -nonsense");
        assertThatThrownBy(() -> parse("--max-txn-ops", "many")).hasMessageContaining("-max-txn-ops");
    }

    @Test
    void takesRoomAndHistoryAsEtcdDoes() throws IOException {
        assertThat(StoreMain.engine(parse()).quotaBytes()).isEqualTo(2L << 30);
        assertThat(StoreMain.engine(parse("--quota-backend-bytes=-1")).quotaBytes())
                .isNegative();
        assertThat(StoreMain.engine(parse("--quota-backend-bytes", "77")).quotaBytes())
                .isEqualTo(77);
        assertThat(retention("--auto-compaction-mode=revision")).isEqualTo(new Retention.Everything());
        assertThat(retention("--auto-compaction-retention=8")).isEqualTo(new Retention.Period(Duration.ofHours(8)));
        assertThat(retention("--auto-compaction-retention=30m"))
                .isEqualTo(new Retention.Period(Duration.ofMinutes(30)));
        assertThat(retention("--auto-compaction-retention=9", "--auto-compaction-mode=revision"))
                .isEqualTo(new Retention.Revisions(9));
        assertThatThrownBy(() -> retention("--auto-compaction-retention=9", "--auto-compaction-mode=never"))
                .hasMessageContaining("unsupported compaction mode never");
    }

    private static Retention retention(String... arguments) throws IOException {
        return StoreMain.engine(parse(arguments)).retention();
    }

    @Test
    void saysWhatItIgnores() throws IOException {
        StoreFlags flags = parse("--snapshot-count=10000", "--max-wals=9", "--experimental-memory-mlock");
        assertThat(flags.warnings()).hasSize(2).allMatch(line -> line.contains("is ignored"));
    }

    @Test
    void takesWhatOnlyMembersOfALargerClusterNeedAndSaysThatItIsInVain() throws IOException {
        StoreFlags flags = parse(
                "--peer-client-cert-file=a.crt",
                "--peer-client-key-file=a.key",
                "--raft-read-timeout=7s",
                "--raft-write-timeout=7s",
                "--log-outputs=stdout");
        assertThat(flags.warnings()).hasSize(5).allMatch(line -> line.contains("is ignored"));
        assertThatThrownBy(() -> parse("--experimental-enable-v2v3=/v2")).hasMessageContaining("not possible");
    }

    @Test
    void servesNoClearTextWhereTlsIsAskedFor() throws IOException {
        for (String flag : List.of("--listen-metrics-urls", "--listen-client-urls", "--listen-client-http-urls")) {
            StoreFlags flags = parse(flag + "=https://127.0.0.1:1");
            assertThatThrownBy(() -> new TlsFlags(flags)).as(flag).hasMessageContaining("needs --cert-file");
        }
        assertThat(new TlsFlags(parse("--listen-metrics-urls=https://127.0.0.1:1", "--auto-tls")).warnings())
                .as("of the clients' address, which is without")
                .singleElement()
                .asString()
                .contains("--auto-tls is of no effect for [http://localhost:2379]");
    }

    @Test
    void refusesVersionsAndCiphersThatContradictEachOther() throws IOException {
        StoreFlags reversed = parse("--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2");
        assertThatThrownBy(() -> new TlsFlags(reversed)).hasMessageContaining("is greater than max version");
        StoreFlags unknown = parse("--tls-min-version=TLS1.0");
        assertThatThrownBy(() -> new TlsFlags(unknown)).hasMessageContaining("unexpected TLS version \"TLS1.0\"");
        StoreFlags chosen = parse("--tls-min-version=TLS1.3", "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assertThatThrownBy(() -> new TlsFlags(chosen)).hasMessageContaining("only TLS1.3 is enabled");
        StoreFlags nonsense = parse("--cipher-suites=TLS_NONSENSE");
        assertThatThrownBy(() -> new TlsFlags(nonsense)).hasMessageContaining("unexpected TLS cipher suite");
        StoreFlags weak = parse("--cipher-suites=TLS_RSA_WITH_RC4_128_SHA");
        assertThatThrownBy(() -> new TlsFlags(weak)).hasMessageContaining("names none");
    }

    @Test
    void helpSaysWhatEachFlagDoes() {
        String help = StoreHelp.text();
        for (StoreFlag flag : StoreFlag.values()) {
            assertThat(help).contains(flag.toString());
            assertThat(flag.help.isEmpty())
                    .as(flag.toString())
                    .isEqualTo(flag.treatment != StoreFlag.Treatment.HONOURED);
        }
        assertThat(help).contains("--max-txn-ops '128'");
        assertThat(StoreHelp.isWanted("--name", "x", "--help")).isTrue();
        assertThat(StoreHelp.isWanted("--name", "help")).isFalse();
    }
}
