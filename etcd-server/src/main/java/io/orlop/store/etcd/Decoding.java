package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.orlop.store.api.Comparison;
import io.orlop.store.api.Comparison.Operand;
import io.orlop.store.api.Comparison.Relation;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.RevisionBounds;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import io.orlop.store.auth.Permission;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/// Requests as the wire has them, in the engine's words.
public final class Decoding {
    /// What the wire means by no key at all, where all keys are meant.
    private static final Octets FIRST = Octets.wrap(new byte[] {0});

    private Decoding() {}

    static Operation.Range range(RangeRequest request) {
        return new Operation.Range(
                keys(request.getKey(), request.getRangeEnd()),
                request.getRevision(),
                request.getLimit(),
                order(request.getSortOrder()),
                target(request.getSortTarget()),
                request.getKeysOnly(),
                request.getCountOnly(),
                new RevisionBounds(
                        request.getMinModRevision(),
                        request.getMaxModRevision(),
                        request.getMinCreateRevision(),
                        request.getMaxCreateRevision()));
    }

    private static SortOrder order(RangeRequest.SortOrder order) {
        return switch (order) {
            case NONE -> SortOrder.NONE;
            case ASCEND -> SortOrder.ASCENDING;
            case DESCEND -> SortOrder.DESCENDING;
            case UNRECOGNIZED -> throw new DeniedException(Denial.INVALID_SORT);
        };
    }

    private static SortTarget target(RangeRequest.SortTarget target) {
        return switch (target) {
            case KEY -> SortTarget.KEY;
            case VERSION -> SortTarget.VERSION;
            case CREATE -> SortTarget.CREATE;
            case MOD -> SortTarget.MOD;
            case VALUE -> SortTarget.VALUE;
            case UNRECOGNIZED -> throw new DeniedException(Denial.INVALID_SORT);
        };
    }

    public static Operation.Put put(PutRequest request) {
        return new Operation.Put(
                octets(request.getKey()),
                octets(request.getValue()),
                request.getLease(),
                request.getPrevKv(),
                request.getIgnoreValue(),
                request.getIgnoreLease());
    }

    public static Operation.Delete delete(DeleteRangeRequest request) {
        return new Operation.Delete(keys(request.getKey(), request.getRangeEnd()), request.getPrevKv());
    }

    public static Operation.Txn txn(TxnRequest request) {
        List<Comparison> comparisons = new ArrayList<>(request.getCompareCount());
        for (Compare compare : request.getCompareList()) comparisons.add(comparison(compare));
        return new Operation.Txn(comparisons, branch(request.getSuccessList()), branch(request.getFailureList()));
    }

    private static List<Operation> branch(List<RequestOp> requests) {
        List<Operation> branch = new ArrayList<>(requests.size());
        for (RequestOp request : requests) branch.add(operation(request));
        return branch;
    }

    private static Operation operation(RequestOp request) {
        return switch (request.getRequestCase()) {
            case REQUEST_RANGE -> range(request.getRequestRange());
            case REQUEST_PUT -> put(request.getRequestPut());
            case REQUEST_DELETE_RANGE -> delete(request.getRequestDeleteRange());
            case REQUEST_TXN -> txn(request.getRequestTxn());
            case REQUEST_NOT_SET -> throw new DeniedException(Denial.KEY_NOT_FOUND);
        };
    }

    private static Comparison comparison(Compare compare) {
        Operand operand =
                switch (compare.getTarget()) {
                    case VERSION -> new Operand.Version(compare.getVersion());
                    case CREATE -> new Operand.Create(compare.getCreateRevision());
                    case MOD -> new Operand.Mod(compare.getModRevision());
                    case LEASE -> new Operand.Lease(compare.getLease());
                    case VALUE -> new Operand.Value(octets(compare.getValue()));
                    case UNRECOGNIZED -> throw new DeniedException(Denial.KEY_NOT_FOUND);
                };
        Relation relation =
                switch (compare.getResult()) {
                    case EQUAL -> Relation.EQUAL;
                    case GREATER -> Relation.GREATER;
                    case LESS -> Relation.LESS;
                    case NOT_EQUAL -> Relation.NOT_EQUAL;
                    case UNRECOGNIZED -> throw new DeniedException(Denial.KEY_NOT_FOUND);
                };
        return new Comparison(keys(compare.getKey(), compare.getRangeEnd()), relation, operand);
    }

    static WatchRequest watch(WatchCreateRequest request) {
        KeyRange keys = new KeyRange(
                request.getKey().isEmpty() ? FIRST : octets(request.getKey()), octets(request.getRangeEnd()));
        return new WatchRequest(
                request.getWatchId(),
                keys,
                request.getStartRevision(),
                request.getProgressNotify(),
                request.getPrevKv(),
                !request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT),
                !request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE));
    }

    public static Permission permission(io.orlop.store.proto.authpb.Permission permission) {
        Permission.Kind kind =
                switch (permission.getPermType()) {
                    case READ -> Permission.Kind.READ;
                    case WRITE -> Permission.Kind.WRITE;
                    case READWRITE -> Permission.Kind.READ_WRITE;
                    case UNRECOGNIZED -> throw new DeniedException(Denial.INVALID_AUTH_MANAGEMENT);
                };
        return new Permission(kind, keys(permission.getKey(), permission.getRangeEnd()));
    }

    private static KeyRange keys(ByteString key, ByteString end) {
        return new KeyRange(octets(key), octets(end));
    }

    public static Octets octets(ByteString bytes) {
        return Octets.wrap(bytes.toByteArray());
    }
}
