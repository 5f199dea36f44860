package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesRequest;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Requests drawn from a seed: mostly sensible, some wrong in every way that a client can be wrong.
final class RandomRequests {
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    final Random random;
    private int revisions = 2;
    private String last = "";

    RandomRequests(long seed) {
        random = new Random(seed);
    }

    String last() {
        return last;
    }

    private <T> T remember(T request) {
        last = request.toString();
        return request;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private ByteString key() {
        if (oneIn(60)) return ByteString.EMPTY;
        return ByteString.copyFromUtf8("k" + random.nextInt(15));
    }

    private ByteString end() {
        return switch (random.nextInt(4)) {
            case 0 -> NO_END;
            case 1 -> ByteString.copyFromUtf8("l");
            case 2 -> key();
            default -> ByteString.EMPTY;
        };
    }

    private ByteString value() {
        return ByteString.copyFromUtf8("v" + random.nextInt(6) + "x".repeat(random.nextInt(30)));
    }

    private long lease() {
        return oneIn(3) ? leaseId() : 0;
    }

    /// Any number may be a lease's but 0, by which a server is asked to find one.
    private long leaseId() {
        return switch (random.nextInt(40)) {
            case 0 -> -1;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            default -> 1 + random.nextInt(12);
        };
    }

    /// Some revision that was, without a say in what comes next.
    long anyRevision(int operation) {
        return Math.max(1, revisions - operation % 20);
    }

    private long revision() {
        return oneIn(8) ? random.nextInt(revisions * 2) : Math.max(1, revisions - random.nextInt(12));
    }

    /// A request of any kind, to be sent to one or to several.
    Call any() {
        return switch (random.nextInt(26)) {
            case 0 -> new Call(LeaseGrpc.getLeaseGrantMethod(), grant());
            case 1 -> new Call(LeaseGrpc.getLeaseRevokeMethod(), revoke());
            case 2 -> new Call(LeaseGrpc.getLeaseTimeToLiveMethod(), timeToLive());
            case 3 -> new Call(KVGrpc.getCompactMethod(), compaction());
            case 4, 5, 6, 7 -> new Call(KVGrpc.getRangeMethod(), range());
            case 8, 9 -> new Call(KVGrpc.getDeleteRangeMethod(), delete());
            case 10, 11, 12, 13, 14, 15 -> new Call(KVGrpc.getPutMethod(), put());
            case 16 -> new Call(LeaseGrpc.getLeaseLeasesMethod(), remember(LeaseLeasesRequest.getDefaultInstance()));
            case 17 -> new Call(LeaseGrpc.getLeaseKeepAliveMethod(), keepAlive());
            default -> new Call(KVGrpc.getTxnMethod(), txn());
        };
    }

    /// Some watches of one stream. None without a start: a 3.4 counts those from its own idea of now.
    WatchScript watches() {
        List<WatchCreateRequest> creates = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) creates.add(watch());
        return remember(new WatchScript(creates));
    }

    private WatchCreateRequest watch() {
        ByteString key = oneIn(6) ? NO_END : key();
        WatchCreateRequest.Builder watch = WatchCreateRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(end())
                .setPrevKv(oneIn(2))
                .setProgressNotify(oneIn(4))
                .setFragment(oneIn(4));
        if (!oneIn(4)) watch.setStartRevision(revision());
        if (oneIn(4)) watch.addFilters(WatchCreateRequest.FilterType.NOPUT);
        if (oneIn(4)) watch.addFilters(WatchCreateRequest.FilterType.NODELETE);
        if (oneIn(4)) watch.setWatchId(random.nextInt(3));
        return watch.build();
    }

    PutRequest put() {
        revisions++;
        PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(oneIn(2));
        if (!oneIn(10)) put.setValue(value());
        if (oneIn(3)) put.setLease(lease());
        if (oneIn(12)) put.setIgnoreValue(true);
        if (oneIn(12)) put.setIgnoreLease(true);
        return remember(put.build());
    }

    DeleteRangeRequest delete() {
        DeleteRangeRequest.Builder delete = DeleteRangeRequest.newBuilder()
                .setKey(oneIn(30) ? NO_END : key())
                .setPrevKv(oneIn(2));
        if (oneIn(3)) delete.setRangeEnd(end());
        return remember(delete.build());
    }

    RangeRequest range() {
        RangeRequest.Builder range = RangeRequest.newBuilder()
                .setKey(oneIn(6) ? NO_END : key())
                .setRangeEnd(end())
                .setSerializable(oneIn(4))
                .setKeysOnly(oneIn(5))
                .setCountOnly(oneIn(8));
        if (oneIn(3)) range.setRevision(revision());
        if (oneIn(2)) range.setLimit(random.nextInt(6));
        if (oneIn(2)) {
            range.setSortOrderValue(random.nextInt(3));
            // Ties are in no order in etcd: sort by what has none.
            range.setSortTarget(oneIn(2) ? RangeRequest.SortTarget.KEY : RangeRequest.SortTarget.MOD);
        }
        if (oneIn(6)) range.setMinModRevision(revision());
        if (oneIn(6)) range.setMaxModRevision(revision());
        if (oneIn(6)) range.setMinCreateRevision(revision());
        if (oneIn(6)) range.setMaxCreateRevision(revision());
        return remember(range.build());
    }

    private Compare compare() {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key())
                .setResultValue(random.nextInt(4))
                .setTargetValue(random.nextInt(5));
        if (oneIn(4)) compare.setRangeEnd(end());
        return switch (compare.getTarget()) {
            case VERSION -> compare.setVersion(random.nextInt(4)).build();
            case CREATE -> compare.setCreateRevision(oneIn(2) ? 0 : revision()).build();
            case MOD -> compare.setModRevision(revision()).build();
            case VALUE -> compare.setValue(value()).build();
            case LEASE -> compare.setLease(lease()).build();
            case UNRECOGNIZED -> compare.build();
        };
    }

    /// None that etcd may let pass against its own rule, see [Duplicates].
    TxnRequest txn() {
        TxnRequest txn = txn(2);
        while (Duplicates.in(txn) && !Duplicates.areSeenByEtcd(txn)) txn = txn(2);
        return remember(txn);
    }

    private TxnRequest txn(int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) txn.addCompare(compare());
        for (int i = random.nextInt(4); i > 0; i--) txn.addSuccess(op(depth));
        for (int i = random.nextInt(4); i > 0; i--) txn.addFailure(op(depth));
        if (oneIn(50)) {
            for (int i = 0; i < 130; i++) txn.addSuccess(RequestOp.newBuilder().setRequestPut(put()));
        }
        return txn.build();
    }

    private RequestOp op(int depth) {
        RequestOp.Builder op = RequestOp.newBuilder();
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> op.setRequestRange(range()).build();
            case 3, 4 -> op.setRequestDeleteRange(delete()).build();
            case 5 ->
                op.setRequestTxn(depth > 0 ? txn(depth - 1) : TxnRequest.getDefaultInstance())
                        .build();
            default -> op.setRequestPut(put()).build();
        };
    }

    LeaseGrantRequest grant() {
        return remember(LeaseGrantRequest.newBuilder()
                .setID(leaseId())
                // None that could expire here: when is a matter of the machine's mood.
                .setTTL(
                        switch (random.nextInt(20)) {
                            case 0 -> 9_000_000_001L;
                            case 1 -> 9_000_000_000L;
                            case 2 -> Long.MAX_VALUE;
                            default -> 5_000;
                        })
                .build());
    }

    LeaseRevokeRequest revoke() {
        return remember(
                LeaseRevokeRequest.newBuilder().setID(oneIn(20) ? 0 : leaseId()).build());
    }

    LeaseKeepAliveRequest keepAlive() {
        return remember(LeaseKeepAliveRequest.newBuilder()
                .setID(oneIn(20) ? 0 : leaseId())
                .build());
    }

    LeaseTimeToLiveRequest timeToLive() {
        return remember(LeaseTimeToLiveRequest.newBuilder()
                .setID(oneIn(20) ? 0 : leaseId())
                .setKeys(oneIn(2))
                .build());
    }

    CompactionRequest compaction() {
        return remember(CompactionRequest.newBuilder()
                .setRevision(oneIn(2) ? revision() : Math.max(1, revisions - 30))
                .setPhysical(oneIn(2))
                .build());
    }
}
