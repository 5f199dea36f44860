package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import io.orlop.store.proto.mvccpb.Event;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What watchers find in their messages, over a port.
class WatchTest {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    private static final int REQUEST_BYTES_MAX = 64 << 10;

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(
                store,
                EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)).requestBytesMax(REQUEST_BYTES_MAX));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .maxInboundMessageSize(64 << 20)
                .usePlaintext()
                .build();
        kv = KVGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() throws IOException {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private static PutRequest put(String key, int bytes) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    /// Asks for messages when the test wants them.
    private final class Client implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final BlockingQueue<WatchResponse> messages = new LinkedBlockingQueue<>();
        private ClientCallStreamObserver<WatchRequest> call;
        private boolean reads = true;

        @SuppressWarnings("NullAway")
        Client() {
            ClientCalls.asyncBidiStreamingCall(channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT), this);
        }

        Client watch(WatchCreateRequest.Builder create) throws InterruptedException {
            if (create.getKey().isEmpty()) create.setKey(ALL).setRangeEnd(ALL);
            call.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
            assertThat(messages.take().getCreated()).isTrue();
            return this;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> request) {
            call = request;
            request.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(WatchResponse answer) {
            messages.add(answer);
            if (reads) call.request(1);
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onCompleted() {}

        void readAgain() {
            reads = true;
            call.request(1);
        }

        List<Event> events(int count) throws InterruptedException {
            List<Event> events = new ArrayList<>();
            while (events.size() < count) events.addAll(messages.take().getEventsList());
            return events;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30_000})
    void everyoneHearsTheSameUnderAnIdOfTheirOwn(int valueBytes) throws InterruptedException {
        List<Client> clients = List.of(new Client(), new Client(), new Client());
        for (Client client : clients) {
            client.watch(WatchCreateRequest.newBuilder().setWatchId(11));
            client.watch(WatchCreateRequest.newBuilder().setWatchId(12));
        }
        var put = kv.put(put("a", valueBytes));
        for (Client client : clients) {
            List<WatchResponse> both = List.of(client.messages.take(), client.messages.take());
            assertThat(both).extracting(WatchResponse::getWatchId).containsExactlyInAnyOrder(11L, 12L);
            for (WatchResponse one : both) {
                assertThat(one.getHeader()).isEqualTo(put.getHeader());
                assertThat(one.getEvents(0).getKv().getValue().size()).isEqualTo(valueBytes);
                assertThat(one.getEventsCount()).isEqualTo(1);
            }
        }
    }

    @Test
    void wishesThatDifferAreKeptApart() throws InterruptedException {
        kv.put(put("a", 1));
        Client plain = new Client().watch(WatchCreateRequest.newBuilder());
        Client previous = new Client().watch(WatchCreateRequest.newBuilder().setPrevKv(true));
        Client deletions =
                new Client().watch(WatchCreateRequest.newBuilder().addFilters(WatchCreateRequest.FilterType.NOPUT));
        kv.put(put("a", 2));
        kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("a"))
                .build());
        assertThat(plain.events(2)).noneMatch(Event::hasPrevKv);
        assertThat(previous.events(2))
                .extracting(event -> event.getPrevKv().getValue().size())
                .containsExactly(1, 2);
        assertThat(deletions.events(1)).extracting(Event::getType).containsExactly(Event.EventType.DELETE);
    }

    @Test
    void aRevisionTooLargeForAMessageComesInFragmentsToWhoAskedForThem() throws InterruptedException {
        var leases = LeaseGrpc.newBlockingStub(channel);
        long lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
        for (int i = 0; i < 20; i++) {
            kv.put(put("k%02d".formatted(i), 60_000).toBuilder().setLease(lease).build());
        }
        Client fragments = new Client()
                .watch(WatchCreateRequest.newBuilder().setPrevKv(true).setFragment(true));
        Client whole = new Client().watch(WatchCreateRequest.newBuilder().setPrevKv(true));
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());

        WatchResponse once = whole.messages.take();
        assertThat(once.getEventsCount()).isEqualTo(20);
        assertThat(once.getFragment()).isFalse();

        List<WatchResponse> parts = new ArrayList<>();
        do {
            parts.add(fragments.messages.take());
        } while (parts.getLast().getFragment());
        assertThat(parts)
                .hasSizeGreaterThan(1)
                .allMatch(part -> part.getSerializedSize() < REQUEST_BYTES_MAX + (512 << 10));
        assertThat(parts.stream().flatMap(part -> part.getEventsList().stream()).toList())
                .isEqualTo(once.getEventsList());
    }

    @Test
    void whoStopsReadingHearsAllOfItLater() throws InterruptedException {
        Client slow = new Client().watch(WatchCreateRequest.newBuilder());
        Client keen = new Client().watch(WatchCreateRequest.newBuilder());
        slow.reads = false;
        for (int i = 0; i < 100; i++) kv.put(put("k" + i, 60_000));
        List<Event> all = keen.events(100);
        slow.readAgain();
        assertThat(slow.events(100)).isEqualTo(all);
    }
}
