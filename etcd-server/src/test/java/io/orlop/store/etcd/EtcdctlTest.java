package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.ClusterGrpc;
import io.orlop.store.proto.etcdserverpb.Member;
import io.orlop.store.proto.etcdserverpb.MemberListRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The command line client, word for word: one transcript that a real etcd and the store both have to play.
class EtcdctlTest {
    @TempDir
    Path directory;

    /// Other versions say some things in other words.
    private static Etcdctl etcdctl(String authority) throws IOException, InterruptedException {
        Etcdctl etcdctl = Etcdctl.to(authority);
        String version = etcdctl.ok("version");
        Assumptions.assumeTrue(version.startsWith("etcdctl version: 3.4."), version);
        return etcdctl;
    }

    private static void play(String authority) throws IOException, InterruptedException {
        Etcdctl etcdctl = etcdctl(authority);
        Member member = self(authority);
        Transcript.of(resource("etcdctl.txt"))
                .knowing("endpoint", authority)
                .knowing("member", Long.toHexString(member.getID()))
                .knowing("peer", member.getPeerURLs(0))
                .play(etcdctl);
    }

    private static Member self(String authority) {
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .build();
        try {
            return ClusterGrpc.newBlockingStub(channel)
                    .memberList(MemberListRequest.getDefaultInstance())
                    .getMembers(0);
        } finally {
            channel.shutdownNow();
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = EtcdctlTest.class.getResourceAsStream(name)) {
            if (in == null) throw new IOException("no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private record Served(MvccStore store, EtcdServer server) implements AutoCloseable {
        static Served in(Path directory) throws IOException {
            MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
            AuthOptions quick = AuthOptions.usual().passwordCost(4);
            return new Served(
                    store,
                    EtcdServer.start(
                            store,
                            EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                                    .auth(quick)));
        }

        String authority() {
            return "127.0.0.1:" + server.port();
        }

        @Override
        public void close() throws IOException {
            server.close();
            store.close();
        }
    }

    @Test
    void playsTheTranscript() throws Exception {
        try (Served served = Served.in(directory)) {
            play(served.authority());
        }
    }

    @Test
    void theTranscriptIsEtcds() throws Exception {
        try (RealEtcd etcd = RealEtcd.startEmpty("--bcrypt-cost=4")) {
            play(etcd.authority());
        }
    }

    @Test
    void mirrorsTheStore() throws Exception {
        try (Served from = Served.in(directory.resolve("from"));
                Served to = Served.in(directory.resolve("to"))) {
            Etcdctl etcdctl = etcdctl(from.authority());
            Hearing arrivals = Hearing.of(to.store(), KeyRange.all());
            etcdctl.ok("put", "before", "1");
            Process mirror = etcdctl.start("make-mirror", to.authority());
            try {
                assertThat(arrivals.next().kv().key()).isEqualTo(Octets.of("before"));
                from.store().put(Operation.Put.of(Octets.of("after"), Octets.of("2")));
                assertThat(arrivals.next().kv().value()).isEqualTo(Octets.of("2"));
            } finally {
                mirror.destroy();
                mirror.waitFor();
            }
        }
    }

    @Test
    void checksHowMuchMemoryItTakes() throws Exception {
        try (Served served = Served.in(directory)) {
            assertThat(etcdctl(served.authority()).ok("check", "datascale", "--load", "s"))
                    .contains("PASS: Approximate system memory used");
        }
    }

    /// A minute of load, so only when it is asked for; etcdctl judges.
    @Test
    @EnabledIfSystemProperty(named = "orlop.perf", matches = "true")
    void passesTheCheckOfItsSpeed() throws Exception {
        try (Served served = Served.in(directory)) {
            assertThat(etcdctl(served.authority()).ok("check", "perf", "--load", "s"))
                    .contains("PASS: Throughput is")
                    .contains("PASS: Slowest request took")
                    .contains("PASS: Stddev is");
        }
    }
}
