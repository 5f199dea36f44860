package io.orlop.store.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.AuthOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.token.SigningKeys;
import io.orlop.store.token.SigningMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever signs his calls may go on when what he signs with is worth nothing any more. The clock stands still: nothing
/// gets old by itself.
class SigningTest {
    private static final RangeRequest WANTED =
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k1")).build();

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;
    private KVGrpc.KVBlockingStub keys;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(directory, StoreOptions.defaults());
        store.put(Operation.Put.of(Octets.of("k1"), Octets.of("v1")));
        StoreCommandsTest.users(store);
        server = serve(AuthOptions.usual());
        channel = InProcessChannelBuilder.forName("signing-" + directory).build();
        Signing signing = new Signing(channel, "anna", "open:sesame", () -> 0);
        keys = KVGrpc.newBlockingStub(ClientInterceptors.intercept(channel, signing))
                .withWaitForReady();
        assertThat(keys.range(WANTED).getKvsCount()).isEqualTo(1);
    }

    private EtcdServer serve(AuthOptions auth) throws IOException {
        return EtcdServer.start(
                store, EtcdOptions.inProcess("signing-" + directory).auth(auth));
    }

    @AfterEach
    void stop() throws IOException {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private void isRefusedOnce() {
        assertThatThrownBy(() -> keys.range(WANTED))
                .extracting(refused -> Status.fromThrowable(refused).getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(keys.range(WANTED).getKvsCount()).isEqualTo(1);
    }

    @Test
    void asksForAnotherTokenWhenTheServerHasForgottenThisOne() throws IOException {
        server.close();
        server = serve(AuthOptions.usual());
        isRefusedOnce();
    }

    /// Who has a signed token keeps it over a restart, but not over a change of users.
    @Test
    void asksForAnotherTokenWhenUsersChanged() throws IOException {
        byte[] secret = "a secret of at least thirty-two bytes".getBytes(StandardCharsets.UTF_8);
        AuthOptions signed = AuthOptions.usual().signedWith(SigningKeys.of(SigningMethod.HS256, null, secret));
        server.close();
        server = serve(signed);
        isRefusedOnce();
        server.close();
        server = serve(signed);
        assertThat(keys.range(WANTED).getKvsCount()).isEqualTo(1);
        MvccStore.await(store.change(new AuthChange.AddRole("others"), Caller.OWNER));
        isRefusedOnce();
    }
}
