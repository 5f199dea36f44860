package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.token.SigningKeys;
import io.orlop.store.token.SigningMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users and what they may do, with the client that Orlop's own services use and with the command line.
class AuthTest {
    /// So that a test does not spend its time on what takes a burglar years.
    private static final AuthOptions QUICK = AuthOptions.usual().passwordCost(4);

    private static final String PASSWORD = "open-sesame-7";

    @TempDir
    Path directory;

    private AuthOptions how = QUICK;
    private int port;
    private MvccStore store;
    private EtcdServer server;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(
                store,
                EtcdOptions.listening(new InetSocketAddress("127.0.0.1", port)).auth(how));
        port = server.port();
        client = Client.builder().endpoints(endpoint()).build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        store.close();
    }

    private String endpoint() {
        return "http://127.0.0.1:" + server.port();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private Client as(String user) {
        return Client.builder()
                .endpoints(endpoint())
                .user(bytes(user))
                .password(bytes(PASSWORD))
                .build();
    }

    /// Root, and anna, who may do this with the keys below `a/`.
    private void enable(Permission.Type anna) throws Exception {
        var auth = client.getAuthClient();
        auth.userAdd(bytes("root"), bytes(PASSWORD)).get();
        auth.roleAdd(bytes("root")).get();
        auth.userGrantRole(bytes("root"), bytes("root")).get();
        auth.userAdd(bytes("anna"), bytes(PASSWORD)).get();
        auth.roleAdd(bytes("readers")).get();
        auth.roleGrantPermission(bytes("readers"), bytes("a/"), bytes("a0"), anna)
                .get();
        auth.userGrantRole(bytes("anna"), bytes("readers")).get();
        auth.authEnable().get();
    }

    private static void denied(CompletableFuture<?> answer, String why) {
        assertThatThrownBy(answer::get).hasMessageContaining(why);
    }

    @Test
    void letsUsersDoWhatTheirRolesMay() throws Exception {
        enable(Permission.Type.READ);
        try (Client root = as("root");
                Client anna = as("anna")) {
            root.getKVClient().put(bytes("a/1"), bytes("x")).get();
            root.getKVClient().put(bytes("b/1"), bytes("y")).get();
            GetOption prefix = GetOption.builder().isPrefix(true).build();
            assertThat(anna.getKVClient().get(bytes("a/"), prefix).get().getKvs())
                    .hasSize(1);
            denied(anna.getKVClient().get(bytes("b/1")), "etcdserver: permission denied");
            denied(anna.getKVClient().put(bytes("a/1"), bytes("z")), "etcdserver: permission denied");
            denied(anna.getKVClient().compact(1), "etcdserver: permission denied");
            denied(anna.getAuthClient().userList(), "etcdserver: permission denied");
            denied(anna.getMaintenanceClient().statusMember(endpoint()), "etcdserver: permission denied");
            assertThat(anna.getAuthClient().userGet(bytes("anna")).get().getRoles())
                    .containsExactly("readers");
            denied(anna.getAuthClient().userGet(bytes("root")), "etcdserver: permission denied");
            assertThat(anna.getAuthClient().roleGet(bytes("readers")).get().getPermissions())
                    .hasSize(1);
            assertThat(anna.getClusterClient().listMember().get().getMembers()).hasSize(1);
        }
    }

    @Test
    void streamsNoRangeToNobody() throws Exception {
        enable(Permission.Type.READ);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        try {
            RangeRequest all = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFrom(new byte[1]))
                    .setRangeEnd(ByteString.copyFrom(new byte[1]))
                    .build();
            var pieces = KVGrpc.newBlockingStub(channel).rangeStream(all);
            assertThatThrownBy(pieces::hasNext).hasMessage("INVALID_ARGUMENT: etcdserver: user name is empty");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void letsNobodyInWithoutAToken() throws Exception {
        enable(Permission.Type.READ);
        denied(client.getKVClient().get(bytes("a/1")), "etcdserver: user name is empty");
        denied(client.getKVClient().put(bytes("a/1"), bytes("z")), "etcdserver: user name is empty");
        denied(client.getLeaseClient().grant(10), "etcdserver: user name is empty");
        denied(client.getClusterClient().listMember(), "etcdserver: user name is empty");
        denied(client.getAuthClient().authDisable(), "etcdserver: user name is empty");
        denied(client.getLockClient().lock(bytes("l"), 0), "etcdserver: user name is empty");
    }

    @Test
    void watchesOnlyWhatOneMayRead() throws Exception {
        enable(Permission.Type.READ);
        try (Client root = as("root");
                Client anna = as("anna")) {
            var events = new LinkedBlockingQueue<WatchEvent>();
            // A watch from now on may begin after what happens next.
            var option = WatchOption.builder()
                    .isPrefix(true)
                    .withRevision(store.revision() + 1)
                    .build();
            try (var _ = anna.getWatchClient().watch(bytes("a/"), option, it -> events.addAll(it.getEvents()))) {
                root.getKVClient().put(bytes("a/1"), bytes("x")).get();
                assertThat(events.take().getKeyValue().getKey()).isEqualTo(bytes("a/1"));
            }
        }
    }

    @Test
    void takesAPermissionBackAtOnce() throws Exception {
        enable(Permission.Type.READWRITE);
        try (Client root = as("root");
                Client anna = as("anna")) {
            anna.getKVClient().put(bytes("a/1"), bytes("x")).get();
            root.getAuthClient()
                    .roleRevokePermission(bytes("readers"), bytes("a/"), bytes("a0"))
                    .get();
            denied(anna.getKVClient().put(bytes("a/1"), bytes("y")), "etcdserver: permission denied");
            root.getAuthClient().userDelete(bytes("anna")).get();
            assertThatThrownBy(() -> anna.getKVClient().get(bytes("a/1")).get()).isNotNull();
        }
    }

    @Test
    void putsOnNoLeaseWithKeysThatOneMayNotDelete() throws Exception {
        enable(Permission.Type.READWRITE);
        try (Client root = as("root");
                Client anna = as("anna")) {
            long lease = root.getLeaseClient().grant(100).get().getID();
            PutOption under = PutOption.builder().withLeaseId(lease).build();
            root.getKVClient().put(bytes("b/1"), bytes("x"), under).get();
            denied(anna.getKVClient().put(bytes("a/1"), bytes("y"), under), "etcdserver: permission denied");
            denied(anna.getLeaseClient().revoke(lease), "etcdserver: permission denied");
            denied(anna.getLeaseClient().keepAliveOnce(lease), "etcdserver: permission denied");
        }
    }

    @Test
    void usersSurviveARestart() throws Exception {
        enable(Permission.Type.READ);
        restart();
        denied(client.getKVClient().get(bytes("a/1")), "etcdserver: user name is empty");
        try (Client anna = as("anna")) {
            anna.getKVClient().get(bytes("a/1")).get();
            denied(anna.getKVClient().get(bytes("b/1")), "etcdserver: permission denied");
        }
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    /// A simple token is known to one process; the client asks the next one for another.
    @Test
    void clientsGoOnAfterARestart() throws Exception {
        enable(Permission.Type.READ);
        try (Client anna = as("anna")) {
            anna.getKVClient().get(bytes("a/1")).get();
            restart();
            anna.getKVClient().get(bytes("a/1")).get();
            denied(anna.getKVClient().get(bytes("b/1")), "etcdserver: permission denied");
        }
    }

    @Test
    void watchesGoOnAfterARestart() throws Exception {
        enable(Permission.Type.READ);
        try (Client anna = as("anna")) {
            var events = new LinkedBlockingQueue<WatchEvent>();
            var option = WatchOption.builder()
                    .isPrefix(true)
                    .withRevision(store.revision() + 1)
                    .build();
            try (var _ = anna.getWatchClient().watch(bytes("a/"), option, it -> events.addAll(it.getEvents()))) {
                store.put(Operation.Put.of(Octets.of("a/1"), Octets.of("x")));
                assertThat(events.take().getKeyValue().getKey()).isEqualTo(bytes("a/1"));
                restart();
                store.put(Operation.Put.of(Octets.of("a/2"), Octets.of("y")));
                assertThat(events.take().getKeyValue().getKey()).isEqualTo(bytes("a/2"));
            }
        }
    }

    /// A signed token says since when it knows the users, so that it is no good after they changed; the client asks for
    /// another.
    @Test
    void signedTokensOutliveARestartButNoChangeOfUsers() throws Exception {
        byte[] secret = "a secret of more than thirty-two bytes".getBytes(StandardCharsets.US_ASCII);
        how = QUICK.signedWith(SigningKeys.of(SigningMethod.HS256, null, secret));
        restart();
        enable(Permission.Type.READ);
        String body = "{\"name\":\"anna\",\"password\":\"" + PASSWORD + "\"}";
        String token = JsonParser.parseString(
                        post("/v3/auth/authenticate", "", body).body())
                .getAsJsonObject()
                .get("token")
                .getAsString();
        try (Client anna = as("anna")) {
            anna.getKVClient().get(bytes("a/1")).get();
            restart();
            String a1 = "{\"key\":\"YS8x\"}";
            assertThat(post("/v3/kv/range", token, a1).statusCode()).isEqualTo(200);
            try (Client root = as("root")) {
                root.getAuthClient().roleAdd(bytes("others")).get();
            }
            assertThat(post("/v3/kv/range", token, a1).body()).contains("etcdserver: revision of auth store is old");
            anna.getKVClient().get(bytes("a/1")).get();
        }
    }

    @Test
    void writesNoPasswordDown() throws Exception {
        enable(Permission.Type.READ);
        try (Client root = as("root")) {
            root.getAuthClient()
                    .userChangePassword(bytes("anna"), bytes(PASSWORD + "-2"))
                    .get();
        }
        stop();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain(PASSWORD);
            }
        }
        start();
    }

    @Test
    void servesTheCommandLine() throws IOException, InterruptedException {
        Etcdctl nobody = Etcdctl.to(server.port());
        nobody.ok("user", "add", "root:" + PASSWORD);
        nobody.ok("user", "add", "bert:" + PASSWORD);
        nobody.ok("role", "add", "writers");
        nobody.ok("role", "grant-permission", "writers", "--prefix=true", "readwrite", "w/");
        nobody.ok("user", "grant-role", "bert", "writers");
        assertThat(nobody.ok("auth", "enable")).contains("Authentication Enabled");
        Etcdctl root = nobody.as("root", PASSWORD);
        Etcdctl bert = nobody.as("bert", PASSWORD);
        assertThat(bert.ok("put", "w/1", "x")).contains("OK");
        assertThat(bert.ok("get", "--prefix", "w/")).contains("w/1");
        assertThat(bert.run("get", "--prefix", "").complained()).contains("etcdserver: permission denied");
        assertThat(nobody.run("get", "w/1").complained()).contains("etcdserver: user name is empty");
        assertThat(nobody.as("bert", "wrong").run("get", "w/1").complained())
                .contains("etcdserver: authentication failed, invalid user ID or password");
        assertThat(root.ok("user", "list")).contains("bert", "root");
        assertThat(root.ok("role", "get", "writers")).contains("[w/, w0)");
        assertThat(root.ok("role", "list")).contains("root", "writers");
        assertThat(root.ok("user", "get", "bert", "--detail")).contains("writers");
        root.ok("role", "revoke-permission", "writers", "w/", "--prefix=true");
        assertThat(bert.run("put", "w/1", "x").complained()).contains("etcdserver: permission denied");
        assertThat(root.run("user", "delete", "root").complained()).contains("etcdserver: invalid auth management");
        root.ok("user", "delete", "bert");
        assertThat(root.ok("auth", "disable")).contains("Authentication Disabled");
        nobody.ok("get", "w/1");
    }

    private HttpResponse<String> post(String path, String token, String json) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint() + path)).POST(HttpRequest.BodyPublishers.ofString(json));
        if (!token.isEmpty()) request.header("Authorization", token);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void checksCallsThroughTheGatewayByTheirToken() throws Exception {
        enable(Permission.Type.READ);
        String letIn = post("/v3/auth/authenticate", "", "{\"name\":\"anna\",\"password\":\"" + PASSWORD + "\"}")
                .body();
        String token =
                JsonParser.parseString(letIn).getAsJsonObject().get("token").getAsString();
        String a1 = "{\"key\":\"YS8x\"}";
        assertThat(post("/v3/kv/range", token, a1).statusCode()).isEqualTo(200);
        assertThat(post("/v3/kv/range", "Bearer " + token, a1).statusCode()).isEqualTo(200);
        HttpResponse<String> put = post("/v3/kv/put", token, a1);
        assertThat(put.statusCode()).isEqualTo(403);
        assertThat(put.body()).contains("etcdserver: permission denied");
        HttpResponse<String> forged = post("/v3/kv/range", "forged", a1);
        assertThat(forged.statusCode()).isEqualTo(401);
        assertThat(forged.body()).contains("etcdserver: invalid auth token");
        HttpResponse<String> nobody = post("/v3/kv/range", "", a1);
        assertThat(nobody.statusCode()).isEqualTo(400);
        assertThat(nobody.body()).contains("etcdserver: user name is empty");
    }
}
