package io.orlop.store.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.etcd.Program;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Permission;
import io.orlop.store.backup.Directories;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.store.etcd.SelfSigned;
import io.orlop.store.token.Passwords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands as somebody types them.
class StoreCommandsTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int run(String... words) throws Exception {
        assertThat(StoreCommands.knows(words)).isTrue();
        return new StoreCommands(new PrintStream(said, true, StandardCharsets.UTF_8)).run(words);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private static EtcdServer serve(MvccStore store) throws IOException {
        return EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
    }

    private static void put(MvccStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            store.put(Operation.Put.of(Octets.of("k" + i), Octets.of("v".repeat(i))));
        }
    }

    @Test
    void savesAndRestoresWithWhatHappenedSince() throws Exception {
        KeyHash hash;
        try (MvccStore store = MvccStore.open(directory.resolve("original"), StoreOptions.defaults());
                EtcdServer server = serve(store)) {
            String endpoint = "http://127.0.0.1:" + server.port();
            put(store, 0, 300);
            long then = store.revision();
            run("snapshot", at("whole"), "--endpoint", endpoint);
            put(store, 200, 400);
            run("snapshot", at("since"), "--endpoint=" + endpoint, "--after", Long.toString(then));
            assertThat(run("verify", "--endpoint", endpoint)).isZero();
            hash = store.maintenance().hashKeys(0);
        }
        run("restore", at("whole"), at("since"), "--data-dir", at("restored"));
        assertThat(run("verify", "--data-dir", at("restored"))).isZero();
        assertThat(said())
                .contains("restored ")
                .contains("200 changes from excerpts")
                .contains("all is well");
        try (MvccStore restored = MvccStore.open(directory.resolve("restored"), StoreOptions.defaults())) {
            assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
        }
    }

    @Test
    void etcdctlSavesWhatWeRestore() throws Exception {
        String program = Program.required("etcdctl", "etcd-client").toString();
        KeyHash hash;
        try (MvccStore store = MvccStore.open(directory.resolve("original"), StoreOptions.defaults());
                EtcdServer server = serve(store)) {
            put(store, 0, 500);
            ProcessBuilder etcdctl = new ProcessBuilder(
                    List.of(program, "--endpoints", "127.0.0.1:" + server.port(), "snapshot", "save", at("backup.db")));
            etcdctl.environment().put("ETCDCTL_API", "3");
            Process process = etcdctl.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            hash = store.maintenance().hashKeys(0);
        }
        run("restore", at("backup.db"), "--data-dir", at("restored"));
        try (MvccStore restored = MvccStore.open(directory.resolve("restored"), StoreOptions.defaults())) {
            assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
        }
    }

    @Test
    void salvagesIntoANewDirectory() throws Exception {
        try (MvccStore store = MvccStore.open(
                directory.resolve("original"), StoreOptions.defaults().segmentBytes(5_000))) {
            put(store, 0, 100);
        }
        Path first;
        try (var files = Files.list(directory.resolve("original"))) {
            first = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(first);
        bytes[2_000] ^= 1;
        Files.write(first, bytes);
        assertThat(run("verify", "--data-dir", at("original"))).isEqualTo(1);
        assertThat(run("salvage", "--data-dir", at("original"), "--to", at("saved")))
                .isZero();
        assertThat(said()).contains("lost: segment " + first.getFileName()).contains("saved 99 changes");
        assertThat(run("verify", "--data-dir", at("saved"))).isZero();
    }

    @Test
    void mirrorsToAnotherStore() throws Exception {
        try (MvccStore source = MvccStore.open(directory.resolve("source"), StoreOptions.defaults());
                EtcdServer from = serve(source);
                MvccStore copy = MvccStore.open(directory.resolve("copy"), StoreOptions.defaults());
                EtcdServer to = serve(copy)) {
            put(source, 0, 250);
            run("mirror", "--from", "127.0.0.1:" + from.port(), "--to", "127.0.0.1:" + to.port(), "--once", "true");
            assertThat(copy.value(Octets.of("k249"))).isEqualTo(Octets.of("v".repeat(249)));
        }
    }

    @Test
    void saysWhatIsWrongWithACommandLine() {
        assertThatThrownBy(() -> run("restore", "--data-dir", at("x"))).hasMessage("give the SNAPSHOT to restore");
        assertThatThrownBy(() -> run("verify", "--dir", at("x"))).hasMessageContaining("unknown option --dir");
        assertThatThrownBy(() -> run("verify", "--data-dir", at("x"))).hasMessageContaining("there is no directory");
        assertThatThrownBy(() -> run("snapshot", at("x"), "--endpoint", "ftp://h:1"))
                .hasMessageContaining("give it as http://HOST:PORT or https://HOST:PORT");
        assertThat(StoreCommands.knows("--data-dir", "x")).isFalse();
    }

    /// Root, and anna, who may read what begins with k.
    @Test
    void saysWhatIsNoFileAndWhatNoDirectory() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("folder"));
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> run("restore", folder.toString(), "--data-dir", at("x")))
                .hasMessageContaining("restore: " + folder + " is a directory");
        assertThatThrownBy(() -> run("restore", at("none"), "--data-dir", at("x")))
                .hasMessageContaining("restore: there is no file " + at("none"));
        assertThatThrownBy(() -> run("snapshot", folder.toString(), "--endpoint", "http://127.0.0.1:1"))
                .hasMessageContaining(folder + " is a directory");
        for (String place : List.of(at("file"), at("file/below"))) {
            assertThatThrownBy(() -> Directories.make(Path.of(place), _ -> {}))
                    .hasMessage(place + " cannot be made: " + file
                            + " is no directory; give another place, nothing is overwritten");
        }
        assertThat(file).isEmptyFile();
    }

    static void users(MvccStore store) {
        Passwords passwords = new Passwords(Passwords.COST_MIN);
        Permission keys = new Permission(Permission.Kind.READ, KeyRange.prefix(Octets.of("k")));
        for (AuthChange change : List.of(
                new AuthChange.AddUser("root", passwords.hash("sesame"), false),
                new AuthChange.GrantRole("root", "root"),
                new AuthChange.AddUser("anna", passwords.hash("open:sesame"), false),
                new AuthChange.AddRole("readers"),
                new AuthChange.GrantPermission("readers", keys),
                new AuthChange.GrantRole("anna", "readers"),
                new AuthChange.Enable())) {
            MvccStore.await(store.change(change, Caller.OWNER));
        }
    }

    @Test
    void worksForAUserOverTls() throws Exception {
        SelfSigned self = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        SelfSigned me = SelfSigned.make(directory.resolve("me.p12"), "CN=me");
        self.writeTo(directory.resolve("server.crt"), directory.resolve("server.key"));
        me.writeTo(directory.resolve("me.crt"), directory.resolve("me.key"));
        Tls tls = new Tls(
                directory.resolve("server.crt"), directory.resolve("server.key"), directory.resolve("me.crt"), false);
        var listen = new Door.Listen(new InetSocketAddress("127.0.0.1", 0), true);
        EtcdOptions options = EtcdOptions.listening(List.of(listen))
                .door(DoorOptions.defaults().tls(tls));
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = EtcdServer.start(store, options)) {
            put(store, 0, 10);
            users(store);
            String[] reach = {
                "verify",
                "--endpoint=https://127.0.0.1:" + server.port(),
                "--cacert=" + at("server.crt"),
                "--cert=" + at("me.crt"),
                "--key=" + at("me.key")
            };
            assertThatThrownBy(() -> run(reach)).hasMessageContaining("etcdserver: user name is empty");
            assertThatThrownBy(() -> run(with(reach, "--user=anna:open:sesame")))
                    .hasMessageContaining("etcdserver: permission denied");
            assertThatThrownBy(() -> run(with(reach, "--user=anna:wrong")))
                    .hasMessageContaining("etcdserver: authentication failed, invalid user ID or password");
            assertThat(run(with(reach, "--user=root:sesame"))).isZero();
        }
    }

    private static String[] with(String[] words, String more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void mirrorsWhatAUserMayReadWithAndWithoutAuthOnTheOtherSide() throws Exception {
        try (MvccStore source = MvccStore.open(directory.resolve("source"), StoreOptions.defaults());
                EtcdServer from = serve(source);
                MvccStore copy = MvccStore.open(directory.resolve("copy"), StoreOptions.defaults());
                EtcdServer to = serve(copy)) {
            put(source, 0, 250);
            users(source);
            String[] mirror = {
                "mirror",
                "--from=127.0.0.1:" + from.port(),
                "--to=127.0.0.1:" + to.port(),
                "--user=anna:open:sesame",
                "--dest-user=root:sesame",
                "--once=true"
            };
            assertThatThrownBy(() -> run(mirror)).hasMessageContaining("etcdserver: permission denied");
            assertThat(run(with(mirror, "--prefix=k"))).isZero();
            assertThat(copy.value(Octets.of("k249"))).isEqualTo(Octets.of("v".repeat(249)));
            users(copy);
            source.put(Operation.Put.of(Octets.of("k250"), Octets.of("new")));
            assertThat(run(with(mirror, "--prefix=k"))).isZero();
            assertThat(copy.value(Octets.of("k250"))).isEqualTo(Octets.of("new"));
        }
    }
}
