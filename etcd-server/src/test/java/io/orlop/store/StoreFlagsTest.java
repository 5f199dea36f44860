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
                .hasMessageContaining("\"never\" for flag -auto-compaction-mode: give periodic, revision");
        assertThatThrownBy(() -> retention("--auto-compaction-mode=never"))
                .as("also where it keeps everything")
                .hasMessageContaining("\"never\"");
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

    /// What a 3.4 says of the same.
    @Test
    void refusesAddressesThatAreNone() throws IOException {
        for (StoreFlag flag : StoreFlag.values()) {
            if (flag.kind != StoreFlag.Kind.URLS) continue;
            for (String[] each : List.of(
                    new String[] {"foo", "URL scheme must be http, https, unix, or unixs: foo"},
                    new String[] {"h:1", "URL scheme must be http, https, unix, or unixs: h:1"},
                    new String[] {"ftp://h:1", "URL scheme must be http, https, unix, or unixs: ftp://h:1"},
                    new String[] {"http://h:1,,http://g:1", "URL scheme must be http, https, unix, or unixs: "},
                    new String[] {"http://host", "URL address does not have the form \"host:port\": http://host"},
                    new String[] {"http://", "URL address does not have the form \"host:port\": http://"},
                    new String[] {"unix://a", "URL address does not have the form \"host:port\": unix://a"},
                    new String[] {"http://::1:1", "URL address does not have the form \"host:port\": http://::1:1"},
                    new String[] {"http://h:x", "parse \"http://h:x\": invalid port \":x\" after host"},
                    new String[] {"http://h:1/", "URL must not contain a path: http://h:1/"})) {
                assertThatThrownBy(() -> parse(flag + "=" + each[0]))
                        .hasMessageContaining(
                                "invalid value \"" + each[0] + "\" for flag -" + flag.word + ": " + each[1])
                        .hasMessageContaining("give it as http://HOST:PORT");
            }
        }
        assertThatThrownBy(() -> parse("--advertise-client-urls=http://:1").addresses(StoreFlag.ADVERTISE_CLIENT_URLS))
                .hasMessage("--advertise-client-urls \"http://:1\" must be \"host:port\""
                        + " (unexpected empty host (http://:1))");
        assertThatThrownBy(
                        () -> parse("--initial-advertise-peer-urls=http://:1").peerUrls())
                .hasMessageContaining("unexpected empty host");
        assertThatThrownBy(() -> parse("--initial-cluster=default=foo").peerUrls())
                .hasMessageContaining(
                        "error setting up initial cluster: URL scheme must be http, https, unix, or unixs: foo");
        assertThatThrownBy(() -> parse("--initial-cluster=default=http://h").peerUrls())
                .hasMessageContaining("URL address does not have the form \"host:port\": http://h");
    }

    /// What a 3.4 does not start with.
    @Test
    void refusesSenselessValuesOfWhatMakesNoDifferenceToo() throws IOException {
        for (StoreFlag flag : List.of(
                StoreFlag.AUTO_COMPACTION_MODE,
                StoreFlag.LOGGER,
                StoreFlag.LOG_LEVEL,
                StoreFlag.LOG_FORMAT,
                StoreFlag.INITIAL_CLUSTER_STATE,
                StoreFlag.DISCOVERY_FALLBACK,
                StoreFlag.PROXY,
                StoreFlag.BACKEND_BATCH_INTERVAL,
                StoreFlag.CORS)) {
            assertThatThrownBy(() -> parse(flag + "=bogus"))
                    .as(flag.toString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bogus");
        }
        for (StoreFlag flag : StoreFlag.values()) {
            if (flag.kind != StoreFlag.Kind.COUNT) continue;
            assertThatThrownBy(() -> parse(flag + "=-1")).hasMessageContaining("a whole number from 0");
            assertThatThrownBy(() -> parse(flag + "=4294967296")).hasMessageContaining("a whole number from 0");
        }
        for (String output : List.of("", directory + "/none/log", "stdout,default", "stdout,")) {
            assertThatThrownBy(() -> parse("--log-outputs=" + output)).hasMessageContaining("log-outputs");
        }
        parse("--log-outputs=stdout,stderr," + directory + "/log", "--cors=*", "--log-level=dpanic");
        parse("--logger=capnslog", "--auto-compaction-mode=", "--discovery-fallback=proxy", "--cors=http://a:1");
    }

    /// In a 3.4's words.
    @Test
    void refusesTimesOfElectionsThatNoClusterCouldHave() throws IOException {
        parse("--heartbeat-interval=200", "--election-timeout=1000");
        parse("--election-timeout=50000");
        assertThatThrownBy(() -> parse("--heartbeat-interval=201", "--election-timeout=1000"))
                .hasMessage("--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[201ms]");
        assertThatThrownBy(() -> parse("--election-timeout=50001"))
                .hasMessage("--election-timeout[50001ms] is too long, and should be set less than 50000ms");
        assertThatThrownBy(() -> parse("--heartbeat-interval=0"))
                .hasMessage("--heartbeat-interval must be >0 (set to 0ms)");
        assertThatThrownBy(() -> parse("--election-timeout=0"))
                .hasMessage("--election-timeout must be >0 (set to 0ms)");
    }

    @Test
    void aFileIsLookedAtLikeFlags() throws IOException {
        Path file = Files.writeString(directory.resolve("conf.yml"), "logger: bogus\n");
        assertThatThrownBy(() -> parse("--config-file", file.toString())).hasMessageContaining("-logger");
    }

    @Test
    void joinsNoClusterWithNothing() throws IOException {
        assertThatThrownBy(() -> DataDirectory.requireData(directory.resolve("none"), "existing"))
                .hasMessageContaining("cannot fetch cluster info from peer urls")
                .hasMessageContaining("leave the flag out");
        assertThatThrownBy(() -> DataDirectory.requireData(directory, "existing"))
                .hasMessageContaining(directory + " has no data");
        DataDirectory.requireData(directory, "new");
    }

    @Test
    void wantsADirectoryWhereAFileIs() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path place : List.of(file, file.resolve("below"))) {
            assertThatThrownBy(() -> DataDirectory.requireNoFile(place))
                    .hasMessage("--data-dir " + place + ": " + file
                            + " is no directory; give one, or a place where one can be made");
        }
        DataDirectory.requireNoFile(directory.resolve("a/b"));
    }

    @Test
    void takesAddressesAsEtcdDoes() throws IOException {
        StoreFlags flags = parse(
                "--advertise-client-urls=http://h:1, https://[::1]:2,unix://a:1,http://u@h:1,HTTP://h:1",
                "--listen-client-urls=HTTP://127.0.0.1:1",
                "--listen-metrics-urls=");
        assertThat(flags.addresses(StoreFlag.ADVERTISE_CLIENT_URLS)).hasSize(5);
        assertThat(flags.urls(StoreFlag.LISTEN_CLIENT_URLS)).hasToString("[http://127.0.0.1:1]");
        assertThat(flags.urls(StoreFlag.LISTEN_METRICS_URLS)).isEmpty();
        for (String nowhere : List.of("unix://a:1", "http://127.0.0.1:99999", "http://a b:1")) {
            StoreFlags listening = parse("--listen-client-urls=" + nowhere);
            assertThatThrownBy(() -> listening.urls(StoreFlag.LISTEN_CLIENT_URLS))
                    .hasMessageContaining("--listen-client-urls " + nowhere + ": give it as http://HOST:PORT");
        }
    }

    @Test
    void saysWhichFlagNamesAFileThatCannotBeRead() throws IOException {
        String there = Files.writeString(directory.resolve("there"), "").toString();
        String missing = directory.resolve("missing").toString();
        for (String flag : List.of("--cert-file", "--key-file", "--trusted-ca-file", "--client-crl-file")) {
            StoreFlags flags = parse(
                    "--listen-client-urls=https://127.0.0.1:1",
                    "--cert-file=" + there,
                    "--key-file=" + there,
                    flag + "=" + missing);
            assertThatThrownBy(() -> new TlsFlags(flags))
                    .hasMessage(
                            flag + ": there is no file " + missing + "; give the path of a file that can be read here");
        }
        StoreFlags nothing =
                parse("--listen-client-urls=https://127.0.0.1:1", "--cert-file=" + directory, "--key-file=" + there);
        assertThatThrownBy(() -> new TlsFlags(nothing))
                .hasMessageContaining("--cert-file: " + directory + " is a directory");
        assertThat(new TlsFlags(parse("--cert-file=" + missing)).warnings())
                .as("where nothing listens with TLS nobody reads it")
                .hasSize(1);
        assertThatThrownBy(() -> parse("--config-file=" + missing))
                .hasMessageContaining("--config-file: there is no file " + missing);
        StoreFlags tokens = parse("--auth-token=jwt,sign-method=RS256,pub-key=" + missing);
        assertThatThrownBy(() -> AuthFlags.options(tokens))
                .hasMessageContaining("--auth-token: auth: invalid auth options: pub-key: there is no file " + missing);
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
