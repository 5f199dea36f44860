package io.orlop.store.proof;

import com.google.protobuf.ByteString;
import io.orlop.store.api.Comparison;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.DeleteRangeResponse;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.PutResponse;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.ResponseOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/// A client's view of the API: requests as it sends them, answers as it reads them. Only what histories are made of.
final class Wire {
    private Wire() {}

    static RangeRequest range(Operation.Range range) {
        return RangeRequest.newBuilder()
                .setKey(bytes(range.keys().from()))
                .setRangeEnd(bytes(range.keys().to()))
                .setRevision(range.revision())
                .setLimit(range.limit())
                .build();
    }

    static PutRequest put(Operation.Put put) {
        return PutRequest.newBuilder()
                .setKey(bytes(put.key()))
                .setValue(bytes(put.value()))
                .setPrevKv(put.previous())
                .build();
    }

    static DeleteRangeRequest delete(Operation.Delete delete) {
        return DeleteRangeRequest.newBuilder()
                .setKey(bytes(delete.keys().from()))
                .setRangeEnd(bytes(delete.keys().to()))
                .setPrevKv(delete.previous())
                .build();
    }

    static TxnRequest txn(Operation.Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Comparison comparison : txn.comparisons()) request.addCompare(compare(comparison));
        for (Operation step : txn.success()) request.addSuccess(step(step));
        for (Operation step : txn.failure()) request.addFailure(step(step));
        return request.build();
    }

    private static RequestOp step(Operation operation) {
        RequestOp.Builder step = RequestOp.newBuilder();
        switch (operation) {
            case Operation.Range range -> step.setRequestRange(range(range));
            case Operation.Put put -> step.setRequestPut(put(put));
            case Operation.Delete delete -> step.setRequestDeleteRange(delete(delete));
            case Operation.Txn txn -> step.setRequestTxn(txn(txn));
        }
        return step.build();
    }

    private static Compare compare(Comparison comparison) {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(bytes(comparison.keys().from()))
                .setRangeEnd(bytes(comparison.keys().to()))
                .setResult(
                        switch (comparison.relation()) {
                            case EQUAL -> Compare.CompareResult.EQUAL;
                            case GREATER -> Compare.CompareResult.GREATER;
                            case LESS -> Compare.CompareResult.LESS;
                            case NOT_EQUAL -> Compare.CompareResult.NOT_EQUAL;
                        });
        switch (comparison.operand()) {
            case Comparison.Operand.Version(long version) ->
                compare.setTarget(Compare.CompareTarget.VERSION).setVersion(version);
            case Comparison.Operand.Create(long revision) ->
                compare.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(revision);
            case Comparison.Operand.Mod(long revision) ->
                compare.setTarget(Compare.CompareTarget.MOD).setModRevision(revision);
            case Comparison.Operand.Lease(long lease) ->
                compare.setTarget(Compare.CompareTarget.LEASE).setLease(lease);
            case Comparison.Operand.Value(Octets value) ->
                compare.setTarget(Compare.CompareTarget.VALUE).setValue(bytes(value));
        }
        return compare.build();
    }

    static Outcome ranged(RangeResponse response) {
        List<KeyValue> kvs = response.getKvsList().stream().map(Wire::kv).toList();
        return new Outcome.Ranged(response.getHeader().getRevision(), kvs, response.getMore(), response.getCount());
    }

    static Outcome put(PutResponse response) {
        return new Outcome.Put(
                response.getHeader().getRevision(), response.hasPrevKv() ? kv(response.getPrevKv()) : null);
    }

    static Outcome deleted(DeleteRangeResponse response) {
        List<KeyValue> previous =
                response.getPrevKvsList().stream().map(Wire::kv).toList();
        return new Outcome.Deleted(response.getHeader().getRevision(), response.getDeleted(), previous);
    }

    static Outcome txn(TxnResponse response) {
        List<Outcome> outcomes = new ArrayList<>();
        for (ResponseOp step : response.getResponsesList()) {
            outcomes.add(
                    switch (step.getResponseCase()) {
                        case RESPONSE_RANGE -> ranged(step.getResponseRange());
                        case RESPONSE_PUT -> put(step.getResponsePut());
                        case RESPONSE_DELETE_RANGE -> deleted(step.getResponseDeleteRange());
                        case RESPONSE_TXN -> txn(step.getResponseTxn());
                        case RESPONSE_NOT_SET -> throw new AssertionError("an answer to nothing");
                    });
        }
        return new Outcome.Txn(response.getHeader().getRevision(), response.getSucceeded(), outcomes);
    }

    static WatchRequest watch(io.orlop.store.watch.WatchRequest wanted) {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder()
                .setKey(bytes(wanted.keys().from()))
                .setRangeEnd(bytes(wanted.keys().to()))
                .setStartRevision(wanted.start())
                .setPrevKv(wanted.previous())
                .setProgressNotify(wanted.progress());
        if (!wanted.puts()) create.addFilters(WatchCreateRequest.FilterType.NOPUT);
        if (!wanted.deletes()) create.addFilters(WatchCreateRequest.FilterType.NODELETE);
        return WatchRequest.newBuilder().setCreateRequest(create).build();
    }

    static Event event(io.orlop.store.proto.mvccpb.Event event) {
        boolean put = event.getType() == io.orlop.store.proto.mvccpb.Event.EventType.PUT;
        return new Event(
                put ? Event.Kind.PUT : Event.Kind.DELETE,
                kv(event.getKv()),
                event.hasPrevKv() ? kv(event.getPrevKv()) : null);
    }

    private static KeyValue kv(io.orlop.store.proto.mvccpb.KeyValue kv) {
        return new KeyValue(
                octets(kv.getKey()),
                octets(kv.getValue()),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private static ByteString bytes(Octets octets) {
        return ByteString.copyFrom(octets.array());
    }

    private static Octets octets(ByteString bytes) {
        return Octets.wrap(bytes.toByteArray());
    }
}
