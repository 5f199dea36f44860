package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No transaction does two things to one key. Where etcd does not see that it would, this store does.
class DuplicateKeysTest {
    private static final String NO_END = "\0";

    @TempDir
    Path directory;

    private MvccStore store;

    @BeforeEach
    void open() throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
    }

    private boolean isRefused(TxnRequest txn) {
        try {
            store.txn(Decoding.txn(txn));
            return false;
        } catch (DeniedException denied) {
            assertThat(denied.denial()).isEqualTo(Denial.DUPLICATE_KEY);
            return true;
        }
    }

    private static RequestOp put(String key) {
        PutRequest put =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    private static RequestOp delete(String key, String end) {
        DeleteRangeRequest delete = DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end))
                .build();
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    private static TxnRequest txn(RequestOp... success) {
        return TxnRequest.newBuilder().addAllSuccess(List.of(success)).build();
    }

    private static RequestOp nested(RequestOp... success) {
        return RequestOp.newBuilder().setRequestTxn(txn(success)).build();
    }

    @Test
    void refusesAPutInAnOpenEndedDeletion() {
        assertThat(isRefused(txn(put("b"), delete("a", NO_END)))).isTrue();
        assertThat(isRefused(txn(delete(NO_END, NO_END), put("b")))).isTrue();
        assertThat(isRefused(txn(put("b"), nested(delete("b", NO_END))))).isTrue();
        assertThat(isRefused(txn(put("a"), delete("b", NO_END)))).isFalse();
    }

    @Test
    void refusesSiblingsThatPutAndDeleteOneKeyInEitherOrder() {
        assertThat(isRefused(txn(nested(put("a")), nested(delete("a", ""))))).isTrue();
        assertThat(isRefused(txn(nested(delete("a", "")), nested(put("a"))))).isTrue();
        assertThat(isRefused(txn(nested(nested(put("a"))), nested(delete("a", "c")))))
                .isTrue();
        assertThat(isRefused(txn(nested(put("a")), nested(delete("b", ""))))).isFalse();
    }

    @Test
    void whatExcludesEachOtherMayShareAKey() {
        TxnRequest either =
                txn(put("a")).toBuilder().addFailure(delete("a", NO_END)).build();
        assertThat(isRefused(either)).isFalse();
        assertThat(isRefused(txn(RequestOp.newBuilder().setRequestTxn(either).build(), put("0"))))
                .isFalse();
        assertThat(isRefused(txn(RequestOp.newBuilder().setRequestTxn(either).build(), put("a"))))
                .isTrue();
    }

    /// What the rule says pair by pair, over branches in branches.
    @Test
    void keepsTheRuleWhereverTheOperationsAre() {
        Random random = new Random(16380);
        int refused = 0;
        int rounds = 3_000;
        for (int i = 0; i < rounds; i++) {
            TxnRequest txn = anyTxn(random, 2);
            assertThat(isRefused(txn)).as(txn.toString()).isEqualTo(Duplicates.in(txn));
            if (Duplicates.in(txn)) refused++;
        }
        assertThat(refused).isBetween(rounds / 5, rounds * 4 / 5);
    }

    private static TxnRequest anyTxn(Random random, int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) txn.addSuccess(anyOp(random, depth));
        for (int i = random.nextInt(3); i > 0; i--) txn.addFailure(anyOp(random, depth));
        return txn.build();
    }

    private static RequestOp anyOp(Random random, int depth) {
        String key = "k" + random.nextInt(6);
        int kind = random.nextInt(depth > 0 ? 5 : 3);
        if (kind > 2)
            return RequestOp.newBuilder()
                    .setRequestTxn(anyTxn(random, depth - 1))
                    .build();
        if (kind > 0) return put(key);
        return delete(
                key,
                switch (random.nextInt(4)) {
                    case 0 -> NO_END;
                    case 1 -> "k" + random.nextInt(7);
                    default -> "";
                });
    }

    /// As long as etcd does not. When it does, the store and etcd agree, and the README's list is shorter.
    @Test
    void etcdDoesNotSeeTheseTwo() throws Exception {
        try (RealEtcd etcd = RealEtcd.startEmpty()) {
            ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + etcd.authority())
                    .usePlaintext()
                    .build();
            try {
                assertThat(answer(channel, txn(put("b"), delete("a", NO_END)))).isEqualTo("OK");
                assertThat(answer(channel, txn(nested(put("a")), nested(delete("a", "")))))
                        .isEqualTo("OK");
                assertThat(answer(channel, txn(put("b"), delete("a", "c"))))
                        .isEqualTo("etcdserver: duplicate key given in txn request");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static String answer(ManagedChannel channel, TxnRequest txn) {
        try {
            KVGrpc.newBlockingStub(channel).txn(txn);
            return "OK";
        } catch (StatusRuntimeException refused) {
            return String.valueOf(refused.getStatus().getDescription());
        }
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }
}
