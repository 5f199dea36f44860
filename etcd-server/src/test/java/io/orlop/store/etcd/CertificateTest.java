package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Permission;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthUserListRequest;
import io.orlop.store.proto.etcdserverpb.AuthenticateRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.token.Passwords;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users known by the names in their certificates, over connections on which both sides prove who they are.
class CertificateTest {
    private static final String PASSWORD = "open-sesame-7";

    @TempDir
    Path directory;

    private SelfSigned ours;
    private SelfSigned anna;
    private SelfSigned stranger;
    private MvccStore store;

    @BeforeEach
    void begin() throws Exception {
        ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        anna = SelfSigned.make(directory.resolve("anna.p12"), "CN=anna, OU=readers, O=Orlop");
        stranger = SelfSigned.make(directory.resolve("stranger.p12"), "CN=stranger");
        store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
        Passwords passwords = new Passwords(Passwords.COST_MIN);
        KeyRange below = KeyRange.prefix(Octets.of("a/"));
        for (AuthChange change : List.of(
                new AuthChange.AddUser("root", passwords.hash(PASSWORD), false),
                new AuthChange.GrantRole("root", "root"),
                new AuthChange.AddUser("anna", "", true),
                new AuthChange.AddRole("readers"),
                new AuthChange.GrantPermission("readers", new Permission(Permission.Kind.READ, below)),
                new AuthChange.GrantRole("anna", "readers"),
                new AuthChange.Enable())) {
            store.change(change, Caller.OWNER).join();
        }
    }

    @AfterEach
    void end() throws Exception {
        store.close();
    }

    private EtcdServer start(boolean clientMustProve) throws Exception {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        Path trusted = directory.resolve("trusted.crt");
        ours.writeTo(certificate, key);
        Files.writeString(trusted, anna.certificatePem() + stranger.certificatePem());
        Tls tls = new Tls(certificate, key, trusted, clientMustProve);
        var listen = new Door.Listen(new InetSocketAddress("127.0.0.1", 0), true);
        return EtcdServer.start(
                store,
                EtcdOptions.listening(List.of(listen))
                        .door(DoorOptions.defaults().tls(tls)));
    }

    private ManagedChannel channel(EtcdServer server, SelfSigned who) throws Exception {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(ours.trust())
                        .keyManager(who.proof())
                        .build())
                .build();
    }

    private static Channel showing(String token, Channel channel) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static void get(Channel channel, String key) {
        var _ = KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .build());
    }

    private static void put(Channel channel, String key) {
        var _ = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .build());
    }

    private static void listUsers(Channel channel) {
        var _ = AuthGrpc.newBlockingStub(channel).userList(AuthUserListRequest.getDefaultInstance());
    }

    private static String rootsToken(Channel channel) {
        return AuthGrpc.newBlockingStub(channel)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName("root")
                        .setPassword(PASSWORD)
                        .build())
                .getToken();
    }

    @Test
    void theNameInACertificateIsTheUsers() throws Exception {
        try (EtcdServer server = start(true)) {
            ManagedChannel channel = channel(server, anna);
            try {
                get(channel, "a/1");
                assertThatThrownBy(() -> put(channel, "a/1"))
                        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
                assertThatThrownBy(() -> get(channel, "b/1"))
                        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
                assertThatThrownBy(() -> listUsers(channel))
                        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void aNameThatIsNoUsersMayDoNothing() throws Exception {
        try (EtcdServer server = start(true)) {
            ManagedChannel channel = channel(server, stranger);
            try {
                assertThatThrownBy(() -> get(channel, "a/1"))
                        .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
                assertThatThrownBy(() -> listUsers(channel))
                        .hasMessage("FAILED_PRECONDITION: etcdserver: user name not found");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void aTokenGoesBeforeACertificate() throws Exception {
        try (EtcdServer server = start(true)) {
            ManagedChannel channel = channel(server, anna);
            try {
                put(showing(rootsToken(channel), channel), "b/1");
                assertThatThrownBy(() -> get(showing("forged", channel), "a/1"))
                        .hasMessage("UNAUTHENTICATED: etcdserver: invalid auth token");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void namesDoNotCountUnlessTheStoreIsToldSo() throws Exception {
        try (EtcdServer server = start(false)) {
            ManagedChannel channel = channel(server, anna);
            try {
                assertThatThrownBy(() -> get(channel, "a/1"))
                        .hasMessage("INVALID_ARGUMENT: etcdserver: user name is empty");
                get(showing(rootsToken(channel), channel), "a/1");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private HttpResponse<String> rangeAsJson(EtcdServer server, SelfSigned who) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(who.proof().getKeyManagers(), ours.trust().getTrustManagers(), null);
        try (HttpClient http = HttpClient.newBuilder().sslContext(context).build()) {
            URI uri = URI.create("https://127.0.0.1:" + server.port() + "/v3/kv/range");
            return http.send(
                    HttpRequest.newBuilder(uri)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"YS8x\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void theGatewayLetsNobodyInByName() throws Exception {
        try (EtcdServer server = start(true)) {
            HttpResponse<String> refused = rangeAsJson(server, anna);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body())
                    .isEqualTo("CommonName of client sending a request against gateway will be ignored"
                            + " and not used as expected\n");
            // As long as nobody is checked, nobody is misled.
            store.change(new AuthChange.Disable(), Caller.OWNER).join();
            assertThat(rangeAsJson(server, anna).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theGatewayTakesNoNameForAUser() throws Exception {
        try (EtcdServer server = start(false)) {
            HttpResponse<String> refused = rangeAsJson(server, anna);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("etcdserver: user name is empty");
        }
    }
}
