package io.orlop.store.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two stores, and between them a mirror that may stop at any time.
class MirrorTest {
    @TempDir
    Path directory;

    private MvccStore source;
    private MvccStore destination;
    private EtcdServer from;
    private EtcdServer to;
    private ManagedChannel fromChannel;
    private ManagedChannel toChannel;

    @BeforeEach
    void start() throws IOException {
        source = MvccStore.open(directory.resolve("source"), StoreOptions.defaults());
        destination = MvccStore.open(directory.resolve("destination"), StoreOptions.defaults());
        from = EtcdServer.start(source, EtcdOptions.inProcess("source-" + directory));
        to = EtcdServer.start(destination, EtcdOptions.inProcess("destination-" + directory));
        fromChannel = InProcessChannelBuilder.forName("source-" + directory).build();
        toChannel = InProcessChannelBuilder.forName("destination-" + directory).build();
    }

    @AfterEach
    void stop() throws IOException {
        fromChannel.shutdownNow();
        toChannel.shutdownNow();
        from.close();
        to.close();
        source.close();
        destination.close();
    }

    private Mirror mirror() {
        return mirror(fromChannel, trouble -> {
            throw trouble;
        });
    }

    private Mirror mirror(Channel source, Mirror.Patience patience) {
        ByteString prefix = ByteString.copyFromUtf8("a/");
        return new Mirror(source, toChannel, prefix, ByteString.copyFromUtf8("copy/of/a/"), patience);
    }

    private static Thread follow(Mirror mirror, BlockingQueue<Long> arrived) {
        return Thread.ofVirtual().start(() -> {
            try {
                mirror.follow(arrived::add);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void put(String key, String value) {
        source.put(Operation.Put.of(Octets.of(key), Octets.of(value)));
    }

    private static Map<String, String> under(MvccStore store, String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (KeyValue kv : store.range(Operation.Range.of(KeyRange.prefix(Octets.of(prefix))))
                .kvs()) {
            found.put(kv.key().text().substring(prefix.length()), kv.value().text());
        }
        return found;
    }

    private void isCopied() {
        assertThat(under(destination, "copy/of/a/")).isEqualTo(under(source, "a/"));
    }

    @Test
    void copiesPageByPageAndRemovesWhatTheSourceDoesNotHave() {
        for (int i = 0; i < 350; i++) put("a/" + i, "v" + i);
        put("b/1", "not ours");
        destination.put(Operation.Put.of(Octets.of("copy/of/a/120x"), Octets.of("stale")));
        destination.put(Operation.Put.of(Octets.of("copy/of/b"), Octets.of("beside it")));
        assertThat(mirror().copy()).isEqualTo(source.revision());
        isCopied();
        assertThat(destination.value(Octets.of("copy/of/b"))).isEqualTo(Octets.of("beside it"));
    }

    @Test
    void copiesAgainWhatChangedSince() {
        for (int i = 0; i < 150; i++) put("a/" + i, "v" + i);
        mirror().copy();
        source.delete(Operation.Delete.of(Octets.of("a/77")));
        put("a/5", "later");
        MvccStore.await(source.compact(source.revision(), true));
        mirror().copy();
        isCopied();
    }

    @Test
    void followsEachChangeAndGoesOnWhereItWas() throws InterruptedException {
        for (int i = 0; i < 20; i++) put("a/" + i, "v" + i);
        for (int life = 0; life < 3; life++) {
            BlockingQueue<Long> arrived = new LinkedBlockingQueue<>();
            Thread follower = follow(mirror(), arrived);
            for (int i = 0; i < 30; i++) {
                put("a/" + i % 7, "life " + life + " " + i);
                if (i % 5 == 0) source.delete(Operation.Delete.of(Octets.of("a/" + i)));
            }
            put("a/last", "of life " + life);
            while (arrived.take() < source.revision()) {}
            isCopied();
            follower.interrupt();
            follower.join();
            put("a/meanwhile", "in life " + life);
        }
    }

    @Test
    void startsAnewWhenWhatItWantsIsCompacted() throws InterruptedException {
        put("a/1", "one");
        put("a/2", "two");
        mirror().copy();
        source.delete(Operation.Delete.of(Octets.of("a/1")));
        for (int i = 0; i < 10; i++) put("b/" + i, "others");
        MvccStore.await(source.compact(source.revision(), true));
        BlockingQueue<Long> arrived = new LinkedBlockingQueue<>();
        Thread follower = follow(mirror(), arrived);
        while (arrived.take() < source.revision()) {}
        isCopied();
        follower.interrupt();
        follower.join();
    }

    /// As one that has to ask for a token first, and cannot: the call fails before it begins.
    private static ClientInterceptor failingWhile(AtomicBoolean away) {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                if (away.get()) throw Status.UNAVAILABLE.asRuntimeException();
                return next.newCall(method, options);
            }
        };
    }

    @Test
    void goesOnWhenTheSourceWasAwayAlsoWhileATokenWasAskedFor() throws Exception {
        put("a/1", "one");
        AtomicBoolean away = new AtomicBoolean();
        BlockingQueue<Long> arrived = new LinkedBlockingQueue<>();
        BlockingQueue<Status.Code> troubles = new LinkedBlockingQueue<>();
        Semaphore again = new Semaphore(0);
        Mirror mirror = mirror(ClientInterceptors.intercept(fromChannel, failingWhile(away)), trouble -> {
            troubles.add(trouble.getStatus().getCode());
            again.acquire();
        });
        Thread follower = follow(mirror, arrived);
        while (arrived.take() < source.revision()) {}
        away.set(true);
        from.close();
        assertThat(troubles.take()).isEqualTo(Status.Code.UNAVAILABLE);
        put("a/2", "while it was away");
        source.delete(Operation.Delete.of(Octets.of("a/1")));
        again.release();
        assertThat(troubles.take()).isEqualTo(Status.Code.UNAVAILABLE);
        from = EtcdServer.start(source, EtcdOptions.inProcess("source-" + directory));
        away.set(false);
        again.release(Integer.MAX_VALUE / 2);
        while (arrived.take() < source.revision()) {}
        isCopied();
        follower.interrupt();
        follower.join();
    }

    @Test
    void aLargeTransactionArrivesWhole() {
        List<Operation> puts = new ArrayList<>();
        for (int i = 0; i < 127; i++) puts.add(Operation.Put.of(Octets.of("a/" + i), Octets.of("x")));
        source.txn(new Operation.Txn(List.of(), puts, List.of()));
        mirror().copy();
        isCopied();
    }

    @Test
    void removesMoreThanAMessageNames() {
        put("a/1", "one");
        for (int page = 0; page < 11; page++) {
            List<Operation> puts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                puts.add(Operation.Put.of(Octets.of("copy/of/a/" + page + "/" + i), Octets.of("stale")));
            }
            destination.txn(new Operation.Txn(List.of(), puts, List.of()));
        }
        mirror().copy();
        isCopied();
    }

    private static final int REQUEST_BYTES_MAX = 1536 << 10;

    private void putBytes(String key, int bytes) {
        source.put(Operation.Put.of(Octets.of(key), Octets.of("v".repeat(bytes))));
    }

    @Test
    void copiesNeighboursThatAreTooLargeForOneRequest() {
        for (int i = 0; i < 100; i++) putBytes("a/" + i, 20 << 10);
        mirror().copy();
        isCopied();
    }

    @Test
    void copiesAValueThatFillsARequestAlone() {
        put("a/1", "before it");
        // The key's new name, and what a request says beside the value.
        putBytes("a/2", REQUEST_BYTES_MAX - 20);
        put("a/3", "after it");
        mirror().copy();
        isCopied();
    }

    @Test
    void followsChangesThatFillARequestAlone() throws InterruptedException {
        put("a/1", "one");
        BlockingQueue<Long> arrived = new LinkedBlockingQueue<>();
        Thread follower = follow(mirror(), arrived);
        while (arrived.take() < source.revision()) {}
        List<Operation> puts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            puts.add(Operation.Put.of(Octets.of("a/" + i), Octets.of("w".repeat(REQUEST_BYTES_MAX - 20))));
        }
        source.txn(new Operation.Txn(List.of(), puts, List.of()));
        put("a/last", "a small one");
        while (arrived.take() < source.revision()) {}
        isCopied();
        follower.interrupt();
        follower.join();
    }

    @Test
    void aRealEtcdTakesWhatIsLarge() throws Exception {
        for (int i = 0; i < 100; i++) putBytes("a/" + i, 20 << 10);
        // Less what etcd writes into its log beside the request.
        putBytes("a/large", REQUEST_BYTES_MAX - 60);
        try (RealEtcd real = RealEtcd.startOn(directory.resolve("real"))) {
            ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + real.authority())
                    .usePlaintext()
                    .build();
            Mirror.Patience none = trouble -> {
                throw trouble;
            };
            ByteString prefix = ByteString.copyFromUtf8("a/");
            new Mirror(fromChannel, channel, prefix, prefix, none).copy();
            new Mirror(channel, toChannel, prefix, ByteString.copyFromUtf8("copy/of/a/"), none).copy();
            channel.shutdownNow();
        }
        isCopied();
    }

    /// As one whose answers would have more bytes than a message may.
    private static ClientInterceptor answersAtMost(int keys) {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void sendMessage(Q message) {
                        if (message instanceof RangeRequest range && range.getLimit() > keys) {
                            throw Status.RESOURCE_EXHAUSTED.asRuntimeException();
                        }
                        super.sendMessage(message);
                    }
                };
            }
        };
    }

    @Test
    void asksForFewerKeysWhereAPageIsTooLargeForAMessage() {
        for (int i = 0; i < 50; i++) put("a/" + i, "v" + i);
        Mirror.Patience none = trouble -> {
            throw trouble;
        };
        assertThatThrownBy(() -> mirror(ClientInterceptors.intercept(fromChannel, answersAtMost(0)), none)
                        .copy())
                .hasMessageContaining("RESOURCE_EXHAUSTED");
        mirror(ClientInterceptors.intercept(fromChannel, answersAtMost(7)), none)
                .copy();
        isCopied();
    }

    @Test
    void progressIsNeverAheadOfWhatIsCopied() {
        ByteString key = ByteString.copyFromUtf8("progress");
        Destination here = new Destination(toChannel, key);
        Progress first = new Progress.Copying(1, ByteString.EMPTY);
        assertThat(here.progress(first)).isEqualTo(first);
        List<RequestOp> changes = new ArrayList<>();
        for (int i = 0; i < 3; i++) changes.add(change("x" + i, REQUEST_BYTES_MAX - 20));
        // No store takes that.
        changes.add(change("x3", REQUEST_BYTES_MAX + 1));
        assertThatThrownBy(() -> here.apply(changes, new Progress.Following(5)))
                .hasMessageContaining("request is too large");
        assertThat(destination.value(Octets.of("x2"))).isNotNull();
        assertThat(here.progress(first)).isEqualTo(first);
        here.apply(changes.subList(0, 3), new Progress.Following(5));
        assertThat(here.progress(first)).isEqualTo(new Progress.Following(5));
    }

    private static RequestOp change(String key, int bytes) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    @Test
    void anOvertakenMirrorPutsNothingLargeEither() {
        ByteString key = ByteString.copyFromUtf8("progress");
        Destination one = new Destination(toChannel, key);
        Destination other = new Destination(toChannel, key);
        Progress first = new Progress.Copying(1, ByteString.EMPTY);
        one.progress(first);
        other.progress(first);
        one.apply(List.of(), new Progress.Following(5));
        assertThatThrownBy(() -> other.apply(List.of(change("x", REQUEST_BYTES_MAX - 20)), new Progress.Following(4)))
                .hasMessageContaining("another mirror");
        assertThat(destination.value(Octets.of("x"))).isNull();
    }

    @Test
    void twoMirrorsOfTheSameKeysDoNotMixTheirWork() {
        put("a/1", "one");
        ByteString key = ByteString.copyFromUtf8("progress");
        Destination one = new Destination(toChannel, key);
        Destination other = new Destination(toChannel, key);
        Progress first = new Progress.Copying(1, ByteString.EMPTY);
        assertThat(one.progress(first)).isEqualTo(first);
        assertThat(other.progress(first)).isEqualTo(first);
        one.apply(List.of(), new Progress.Following(5));
        assertThatThrownBy(() -> other.apply(List.of(), new Progress.Following(4)))
                .hasMessageContaining("another mirror");
        assertThat(other.progress(first)).isEqualTo(new Progress.Following(5));
    }

    @Test
    void progressReadsBackAsItWasWritten() {
        for (Progress progress : List.of(
                new Progress.Copying(7, ByteString.copyFromUtf8("a b/\u0000")),
                new Progress.Copying(8, ByteString.EMPTY),
                new Progress.Following(9))) {
            assertThat(Progress.decode(progress.encode())).isEqualTo(progress);
        }
    }
}
