package io.orlop.store.mirror;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import io.orlop.store.proto.mvccpb.KeyValue;
import java.util.List;

/// Where the copy is. Every change goes together with the progress it makes, and only if nobody else made any.
final class Destination {
    /// One less than etcd allows: the progress is one more.
    static final int CHANGES_MAX = 127;

    private final KVGrpc.KVBlockingStub kv;
    private final ByteString progressKey;
    private long progressModified;

    Destination(Channel channel, ByteString progressKey) {
        this.kv = KVGrpc.newBlockingStub(channel);
        this.progressKey = progressKey;
    }

    Progress progress(Progress atFirst) {
        RangeResponse answer =
                kv.range(RangeRequest.newBuilder().setKey(progressKey).build());
        if (answer.getKvsCount() == 0) {
            progressModified = 0;
            return atFirst;
        }
        progressModified = answer.getKvs(0).getModRevision();
        return Progress.decode(answer.getKvs(0).getValue());
    }

    boolean isProgress(ByteString key) {
        return key.equals(progressKey);
    }

    /// The keys that are there now in [from, to).
    List<ByteString> keys(ByteString from, ByteString to) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(to)
                .setKeysOnly(true)
                .build();
        return kv.range(request).getKvsList().stream().map(KeyValue::getKey).toList();
    }

    /// @param changes as many as there are; of more than [#CHANGES_MAX] the first are made without progress, and would
    ///     be made again after a crash
    void apply(List<RequestOp> changes, Progress progress) {
        int from = 0;
        while (changes.size() - from > CHANGES_MAX) {
            commit(TxnRequest.newBuilder().addAllSuccess(changes.subList(from, from + CHANGES_MAX)));
            from += CHANGES_MAX;
        }
        PutRequest made = PutRequest.newBuilder()
                .setKey(progressKey)
                .setValue(progress.encode())
                .build();
        TxnResponse answer = commit(TxnRequest.newBuilder()
                .addAllSuccess(changes.subList(from, changes.size()))
                .addSuccess(RequestOp.newBuilder().setRequestPut(made)));
        progressModified = answer.getHeader().getRevision();
    }

    private TxnResponse commit(TxnRequest.Builder txn) {
        TxnResponse answer = kv.txn(txn.addCompare(Compare.newBuilder()
                        .setKey(progressKey)
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(progressModified))
                .build());
        if (!answer.getSucceeded()) throw new OvertakenException();
        return answer;
    }

    /// Somebody else made progress: another mirror of the same keys, or this one before an answer was lost.
    static final class OvertakenException extends RuntimeException {
        OvertakenException() {
            super("another mirror of the same keys is at work; stop one of them", null, false, false);
        }
    }
}
