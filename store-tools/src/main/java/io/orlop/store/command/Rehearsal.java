package io.orlop.store.command;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Asks a store on this machine for a bit of everything, so that the JVM which runs it learns what is asked for often:
/// `./orlop` keeps what it learnt for the starts to come. Not for a store that somebody uses.
public final class Rehearsal {
    private static final int KEYS = 10_000;
    private static final int IN_FLIGHT = 100;
    private static final int ALONE = 30_000;
    private static final int TOGETHER = 100_000;

    private final ManagedChannel channel;
    private final Random random = new Random(1);
    private final ByteString value = ByteString.copyFrom(new byte[256]);

    private Rehearsal(ManagedChannel channel) {
        this.channel = channel;
    }

    /// @param arguments the store's port
    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            new Rehearsal(channel).run();
        } finally {
            channel.shutdownNow();
        }
    }

    private void run() throws InterruptedException {
        var alone = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < ALONE; i++) alone.put(put());
        watch();
        var together = KVGrpc.newStub(channel);
        many(answered -> together.put(put(), new Heard<>(answered)));
        many(answered -> together.range(get(), new Heard<>(answered)));
        many(answered -> together.txn(txn(), new Heard<>(answered)));
        for (int i = 0; i < ALONE / 10; i++) alone.range(hundred());
        keepAlives();
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("key/%08d".formatted(number));
    }

    private PutRequest put() {
        return PutRequest.newBuilder()
                .setKey(key(random.nextInt(KEYS)))
                .setValue(value)
                .build();
    }

    private RangeRequest get() {
        return RangeRequest.newBuilder().setKey(key(random.nextInt(KEYS))).build();
    }

    private RangeRequest hundred() {
        int first = random.nextInt(KEYS - 100);
        return RangeRequest.newBuilder()
                .setKey(key(first))
                .setRangeEnd(key(first + 100))
                .build();
    }

    private TxnRequest txn() {
        PutRequest put = put();
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(put.getKey())
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.GREATER))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                .build();
    }

    private static void many(Consumer<Runnable> ask) throws InterruptedException {
        Semaphore places = new Semaphore(IN_FLIGHT);
        for (int i = 0; i < TOGETHER; i++) {
            places.acquire();
            ask.accept(places::release);
        }
        places.acquire(IN_FLIGHT);
    }

    /// What was asked is answered, whatever the answer is.
    private record Heard<T>(Runnable answered) implements StreamObserver<T> {
        @Override
        public void onNext(T answer) {}

        @Override
        public void onError(Throwable refused) {
            answered.run();
        }

        @Override
        public void onCompleted() {
            answered.run();
        }
    }

    /// Hears of all that comes after it, until the channel ends.
    private void watch() {
        WatchCreateRequest all = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key/"))
                .setRangeEnd(ByteString.copyFromUtf8("key0"))
                .build();
        WatchGrpc.newStub(channel)
                .watch(new Heard<>(() -> {}))
                .onNext(WatchRequest.newBuilder().setCreateRequest(all).build());
    }

    private void keepAlives() throws InterruptedException {
        long lease = LeaseGrpc.newBlockingStub(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
        CountDownLatch ended = new CountDownLatch(1);
        StreamObserver<LeaseKeepAliveRequest> stream =
                LeaseGrpc.newStub(channel).leaseKeepAlive(new Heard<>(ended::countDown));
        for (int i = 0; i < ALONE; i++) {
            stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        }
        stream.onCompleted();
        ended.await();
    }
}
