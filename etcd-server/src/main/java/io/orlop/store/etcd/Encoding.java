package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Outcome;
import io.orlop.store.proto.authpb.Permission;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.etcdserverpb.DeleteRangeResponse;
import io.orlop.store.proto.etcdserverpb.PutResponse;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.proto.etcdserverpb.ResponseOp;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import io.orlop.store.proto.mvccpb.Event;

/// Outcomes in the words of the wire. Values are wrapped, not copied: nobody changes them.
final class Encoding {
    private Encoding() {}

    static RangeResponse range(Outcome.Ranged ranged, ResponseHeader header) {
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setHeader(header)
                .setMore(ranged.more())
                .setCount(ranged.count());
        for (KeyValue kv : ranged.kvs()) response.addKvs(kv(kv));
        return response.build();
    }

    static PutResponse put(Outcome.Put put, ResponseHeader header) {
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header);
        KeyValue previous = put.previous();
        if (previous != null) response.setPrevKv(kv(previous));
        return response.build();
    }

    static DeleteRangeResponse deleted(Outcome.Deleted deleted, ResponseHeader header) {
        DeleteRangeResponse.Builder response =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(deleted.count());
        for (KeyValue kv : deleted.previous()) response.addPrevKvs(kv(kv));
        return response.build();
    }

    static TxnResponse txn(Outcome.Txn txn, ResponseHeader header) {
        TxnResponse.Builder response =
                TxnResponse.newBuilder().setHeader(header).setSucceeded(txn.succeeded());
        for (Outcome outcome : txn.outcomes()) response.addResponses(step(outcome));
        return response.build();
    }

    /// Inside a transaction a header says the revision and nothing else, and that of a nested one not even that.
    private static ResponseOp step(Outcome outcome) {
        ResponseHeader header =
                ResponseHeader.newBuilder().setRevision(outcome.revision()).build();
        ResponseOp.Builder op = ResponseOp.newBuilder();
        return switch (outcome) {
            case Outcome.Ranged ranged ->
                op.setResponseRange(range(ranged, header)).build();
            case Outcome.Put put -> op.setResponsePut(put(put, header)).build();
            case Outcome.Deleted deleted ->
                op.setResponseDeleteRange(deleted(deleted, header)).build();
            case Outcome.Txn txn ->
                op.setResponseTxn(txn(txn, ResponseHeader.getDefaultInstance())).build();
        };
    }

    static io.orlop.store.proto.mvccpb.KeyValue kv(KeyValue kv) {
        return io.orlop.store.proto.mvccpb.KeyValue.newBuilder()
                .setKey(bytes(kv.key()))
                .setValue(bytes(kv.value()))
                .setCreateRevision(kv.createRevision())
                .setModRevision(kv.modRevision())
                .setVersion(kv.version())
                .setLease(kv.lease())
                .build();
    }

    static Event event(io.orlop.store.api.Event event) {
        Event.Builder wire = Event.newBuilder().setKv(kv(event.kv()));
        wire.setType(
                switch (event.kind()) {
                    case PUT -> Event.EventType.PUT;
                    case DELETE -> Event.EventType.DELETE;
                });
        KeyValue previous = event.previous();
        if (previous != null) wire.setPrevKv(kv(previous));
        return wire.build();
    }

    static Permission permission(io.orlop.store.auth.Permission permission) {
        return Permission.newBuilder()
                .setPermType(
                        switch (permission.kind()) {
                            case READ -> Permission.Type.READ;
                            case WRITE -> Permission.Type.WRITE;
                            case READ_WRITE -> Permission.Type.READWRITE;
                        })
                .setKey(bytes(permission.keys().from()))
                .setRangeEnd(bytes(permission.keys().to()))
                .build();
    }

    /// What the role `root` may do, as it is shown.
    static Permission everything() {
        return Permission.newBuilder()
                .setPermType(Permission.Type.READWRITE)
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build();
    }

    static AlarmType alarm(Alarm.Kind kind) {
        return switch (kind) {
            case NO_SPACE -> AlarmType.NOSPACE;
            case CORRUPT -> AlarmType.CORRUPT;
        };
    }

    static ByteString bytes(Octets octets) {
        return UnsafeByteOperations.unsafeWrap(octets.array());
    }
}
