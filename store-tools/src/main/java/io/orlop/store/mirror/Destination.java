package io.orlop.store.mirror;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import java.util.ArrayList;
import java.util.List;

/// Where the copy is. Every change goes together with the progress it makes, or before it, and only if nobody else made
/// any. What is too much for one transaction is several, of which the last has the progress. After a crash some of them
/// are made again.
///
/// ```
///   a 20 KiB  b 20 KiB  … │ k 1.5 MiB │ l 20 KiB  m 20 KiB  progress │
/// ```
final class Destination {
    /// As many as etcd allows.
    private static final int OPERATIONS_MAX = 128;

    /// etcd allows half as much again; what is said beside the operations is little.
    private static final int OPERATION_BYTES_MAX = 1 << 20;

    private static final int KEYS_MAX = 1_000;

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
        List<ByteString> keys = new ArrayList<>();
        ByteString next = from;
        while (true) {
            RangeResponse answer = kv.range(RangeRequest.newBuilder()
                    .setKey(next)
                    .setRangeEnd(to)
                    .setKeysOnly(true)
                    .setLimit(KEYS_MAX)
                    .build());
            answer.getKvsList().forEach(found -> keys.add(found.getKey()));
            if (!answer.getMore()) return keys;
            next = keys.getLast().concat(Mirror.AFTER);
        }
    }

    /// @param changes as many as there are
    void apply(List<RequestOp> changes, Progress progress) {
        List<RequestOp> all = new ArrayList<>(changes);
        all.add(Mirror.put(progressKey, progress.encode()));
        long revision = 0;
        for (List<RequestOp> some : transactions(all)) revision = commit(some);
        progressModified = revision;
    }

    /// The same operations in the same order. One that is large is alone.
    private static List<List<RequestOp>> transactions(List<RequestOp> operations) {
        List<List<RequestOp>> transactions = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < operations.size(); i++) {
            int more = operations.get(i).getSerializedSize();
            if (i > from && (bytes + more > OPERATION_BYTES_MAX || i - from == OPERATIONS_MAX)) {
                transactions.add(operations.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += more;
        }
        transactions.add(operations.subList(from, operations.size()));
        return transactions;
    }

    /// In as many transactions as it takes where a request may have less than etcd allows by itself.
    ///
    /// @return the revision of the last
    private long commit(List<RequestOp> operations) {
        try {
            return ifNobodyElse(operations);
        } catch (StatusRuntimeException e) {
            if (!isTooLarge(e.getStatus())) throw e;
            if (operations.size() == 1) return alone(operations.getFirst(), e);
            int half = operations.size() / 2;
            commit(operations.subList(0, half));
            return commit(operations.subList(half, operations.size()));
        }
    }

    /// A value that just fits into a request does not fit in beside a condition, which is asked before. Progress is
    /// never made that way.
    private long alone(RequestOp operation, StatusRuntimeException tooLarge) {
        PutRequest put = operation.getRequestPut();
        if (!operation.hasRequestPut() || isProgress(put.getKey())) throw tooLarge;
        ifNobodyElse(List.of());
        return kv.put(put).getHeader().getRevision();
    }

    private static boolean isTooLarge(Status status) {
        String why = status.getDescription();
        return status.getCode() == Status.Code.INVALID_ARGUMENT && why != null && why.contains("request is too large");
    }

    private long ifNobodyElse(List<RequestOp> operations) {
        Compare unchanged = Compare.newBuilder()
                .setKey(progressKey)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(progressModified)
                .build();
        TxnResponse answer = kv.txn(TxnRequest.newBuilder()
                .addCompare(unchanged)
                .addAllSuccess(operations)
                .build());
        if (!answer.getSucceeded()) throw new OvertakenException();
        return answer.getHeader().getRevision();
    }

    /// Somebody else made progress: another mirror of the same keys, or this one before an answer was lost.
    static final class OvertakenException extends RuntimeException {
        OvertakenException() {
            super("another mirror of the same keys is at work; stop one of them", null, false, false);
        }
    }
}
