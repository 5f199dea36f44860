package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.AuthDisableResponse;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthenticateRequest;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real etcd is the oracle: the same random changes of users, and requests of several users, to both; every answer is
/// compared, refusals by code and text.
///
/// Some are said over the gateway. Debian's etcd is a 3.4. Where 3.6 is stricter, [RandomAuth] does not go: rights to
/// keep a lease or to see its keys, for old values and for whole transactions inside transactions, watches with an open
/// end, leases and members without a user, permissions for no keys at all.
class AuthDifferentialTest {
    private static final int OPERATIONS =
            Integer.getInteger("orlop.operations", 1500 * Integer.getInteger("orlop.longer", 1));

    private static final int BETWEEN_RESTARTS = 400;

    @TempDir
    Path directory;

    /// Over restarts of both, for which everybody logs in anew: an etcd that did not write down its last tenth of a
    /// second applies it again when it starts, log-ins too, and may know a token still.
    @Test
    void refusesAndPermitsAsEtcdDoes() throws Exception {
        AuthOptions quick = AuthOptions.usual().passwordCost(4);
        RandomAuth requests = new RandomAuth(7);
        int permitted = 0;
        for (int from = 0; from < OPERATIONS; from += BETWEEN_RESTARTS) {
            try (RealEtcd etcd = RealEtcd.startOn(directory.resolve("etcd"), "--bcrypt-cost=4");
                    MvccStore store = MvccStore.open(directory.resolve("ours"), StoreOptions.defaults());
                    EtcdServer server = EtcdServer.start(
                            store,
                            EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                                    .auth(quick))) {
                Side real = new Side(etcd.authority());
                Side ours = new Side("127.0.0.1:" + server.port());
                try {
                    permitted += compare(requests, real, ours, from);
                } finally {
                    real.channel.shutdownNow();
                    ours.channel.shutdownNow();
                }
            }
        }
        assertThat(permitted)
                .as("neither all is refused nor all permitted")
                .isBetween(OPERATIONS / 5, OPERATIONS * 4 / 5);
    }

    /// @return how many were permitted
    private static int compare(RandomAuth requests, Side real, Side ours, int from) {
        int permitted = 0;
        for (int i = from; i < Math.min(OPERATIONS, from + BETWEEN_RESTARTS); i++) {
            String user = requests.caller();
            Function<Channel, Message> request = requests.next();
            boolean asJson = requests.asJson() && request instanceof Call call && Gateway.serves(call);
            if (RandomAuth.needsUser(request)) {
                boolean in = real.logsIn(user);
                assertThat(ours.logsIn(user))
                        .as("operation " + i + ", login of " + user)
                        .isEqualTo(in);
                if (!in) continue;
            }
            Said expected = real.answer(user, request, asJson);
            Said actual = ours.answer(user, request, asJson);
            assertThat(actual)
                    .as("operation " + i + " by " + user + (asJson ? " as JSON: " : ": ") + requests.last())
                    .isEqualTo(expected);
            if (expected.permitted) permitted++;
        }
        return permitted;
    }

    /// @param login what came of it, if there had to be one before
    private record Said(boolean permitted, String login, Object answer) {}

    /// One of the two, with the tokens that its users have.
    private static final class Side {
        private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

        private final ManagedChannel channel;
        private final Gateway gateway;
        private final Map<String, String> tokens = new HashMap<>();

        Side(String authority) {
            gateway = new Gateway((SSLSocketFactory) SSLSocketFactory.getDefault(), "http://" + authority);
            channel = NettyChannelBuilder.forTarget("dns:///" + authority)
                    .usePlaintext()
                    .build();
        }

        /// Whether he is somebody now, with a token that is good.
        boolean logsIn(String user) {
            tokens.remove(user);
            return !user.isEmpty() && authenticate(user).equals("in");
        }

        Said answer(String user, Function<Channel, Message> request, boolean asJson) {
            String login = "";
            if (!user.isEmpty() && !tokens.containsKey(user)) login = authenticate(user);
            if (asJson) {
                Gateway.Said said = gateway.answer((Call) request, tokens.get(user));
                if (said.json().toString().contains("invalid auth token")) tokens.remove(user);
                return new Said(said.status() == 200, login, said);
            }
            try {
                Message answer = request.apply(as(user));
                // A 3.4 refuses tokens while nobody has to have one.
                if (answer instanceof AuthDisableResponse) tokens.clear();
                return new Said(true, login, DifferentialTest.withoutIdentity(answer));
            } catch (StatusRuntimeException refused) {
                String text = refused.getStatus().getCode() + " "
                        + refused.getStatus().getDescription();
                if (text.contains("invalid auth token")) tokens.remove(user);
                return new Said(false, login, text);
            }
        }

        private String authenticate(String user) {
            AuthenticateRequest request = AuthenticateRequest.newBuilder()
                    .setName(user)
                    .setPassword(RandomAuth.PASSWORD)
                    .build();
            try {
                tokens.put(
                        user,
                        AuthGrpc.newBlockingStub(channel).authenticate(request).getToken());
                return "in";
            } catch (StatusRuntimeException refused) {
                return refused.getStatus().getCode() + " " + refused.getStatus().getDescription();
            }
        }

        private Channel as(String user) {
            String token = tokens.get(user);
            if (token == null) return channel;
            Metadata metadata = new Metadata();
            metadata.put(TOKEN, token);
            return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
        }
    }
}
