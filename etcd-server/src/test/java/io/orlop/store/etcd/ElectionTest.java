package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.election.NoLeaderException;
import io.etcd.jetcd.election.NotLeaderException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.v3electionpb.ElectionGrpc;
import io.orlop.store.proto.v3electionpb.LeaderRequest;
import io.orlop.store.proto.v3electionpb.ProclaimRequest;
import io.orlop.store.proto.v3electionpb.ResignRequest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Elections, with the client that Orlop's own services use and with the command line.
class ElectionTest {
    private static final ByteSequence NAME = bytes("boss");

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private Client client;
    private Election election;

    @BeforeEach
    void start() throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        client = Client.builder().endpoints("http://127.0.0.1:" + server.port()).build();
        election = client.getElectionClient();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        store.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private CompletableFuture<CampaignResponse> campaign(String proposal) throws Exception {
        long lease = client.getLeaseClient().grant(100).get().getID();
        return election.campaign(NAME, lease, bytes(proposal));
    }

    private Hearing hearing() {
        return Hearing.of(store, KeyRange.prefix(Octets.of("boss/")));
    }

    @Test
    void electsOneAfterTheOther() throws Exception {
        LeaderKey first = campaign("a").get().getLeader();
        assertThat(first.getRevision()).isEqualTo(store.revision());
        Hearing hearing = hearing();
        CompletableFuture<CampaignResponse> second = campaign("b");
        hearing.next();
        assertThat(second).isNotDone();
        assertThat(election.leader(NAME).get().getKv().getValue()).isEqualTo(bytes("a"));
        election.resign(first).get();
        assertThat(second.get().getLeader().getLease()).isNotEqualTo(first.getLease());
        assertThat(election.leader(NAME).get().getKv().getValue()).isEqualTo(bytes("b"));
    }

    @Test
    void letsTheLeaderSaySomethingElse() throws Exception {
        LeaderKey leader = campaign("a").get().getLeader();
        election.proclaim(leader, bytes("a2")).get();
        LeaderResponse now = election.leader(NAME).get();
        assertThat(now.getKv().getValue()).isEqualTo(bytes("a2"));
        assertThat(now.getKv().getCreateRevision()).isEqualTo(leader.getRevision());
    }

    @Test
    void takesANewProposalFromTheSameLease() throws Exception {
        long lease = client.getLeaseClient().grant(100).get().getID();
        election.campaign(NAME, lease, bytes("a")).get();
        election.campaign(NAME, lease, bytes("b")).get();
        assertThat(election.leader(NAME).get().getKv().getValue()).isEqualTo(bytes("b"));
    }

    @Test
    void refusesWhoDoesNotLeadAnyMore() throws Exception {
        LeaderKey leader = campaign("a").get().getLeader();
        election.resign(leader).get();
        assertThatThrownBy(() -> election.proclaim(leader, bytes("b")).get())
                .hasCauseInstanceOf(NotLeaderException.class);
        assertThatThrownBy(() -> election.leader(NAME).get()).hasCauseInstanceOf(NoLeaderException.class);
        election.resign(leader).get();
    }

    @Test
    void refusesARequestWithoutLeaderInEtcdsWords() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        try {
            var stub = ElectionGrpc.newBlockingStub(channel);
            assertThatThrownBy(() -> stub.proclaim(ProclaimRequest.getDefaultInstance()))
                    .hasMessage("UNKNOWN: \"leader\" field must be provided");
            assertThatThrownBy(() -> stub.resign(ResignRequest.getDefaultInstance()))
                    .hasMessage("UNKNOWN: \"leader\" field must be provided");
            LeaderRequest nobody = LeaderRequest.newBuilder()
                    .setName(ByteString.copyFromUtf8("x"))
                    .build();
            assertThatThrownBy(() -> stub.leader(nobody)).hasMessage("UNKNOWN: election: no leader");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void tellsObserversOfEveryLeader() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        election.observe(NAME, new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                seen.add(response.getKv().getValue().toString());
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {}
        });
        LeaderKey first = campaign("a").get().getLeader();
        assertThat(seen.take()).isEqualTo("a");
        election.proclaim(first, bytes("a2")).get();
        assertThat(seen.take()).isEqualTo("a2");
        Hearing hearing = hearing();
        CompletableFuture<CampaignResponse> second = campaign("b");
        hearing.next();
        election.resign(first).get();
        second.get();
        assertThat(seen.take()).isEqualTo("b");
    }

    @Test
    void leavesNothingBehindWhenTheCandidateGoesAway() throws Exception {
        campaign("a").get();
        Hearing hearing = hearing();
        CompletableFuture<CampaignResponse> second = campaign("b");
        hearing.next();
        second.cancel(true);
        client.close();
        hearing.next();
        assertThat(store.range(Operation.Range.of(KeyRange.prefix(Octets.of("boss/"))))
                        .kvs())
                .hasSize(1);
    }

    @Test
    void servesTheCommandLine() throws Exception {
        Etcdctl etcdctl = Etcdctl.to(server.port());
        Process leader = etcdctl.start("elect", "boss", "me");
        BufferedReader says =
                new BufferedReader(new InputStreamReader(leader.getInputStream(), StandardCharsets.UTF_8));
        assertThat(says.readLine()).startsWith("boss/");
        assertThat(says.readLine()).isEqualTo("me");
        assertThat(election.leader(NAME).get().getKv().getValue()).isEqualTo(bytes("me"));
        leader.destroy();
        leader.waitFor();
    }
}
