package io.orlop.store.etcd;

import com.google.protobuf.MessageLite;
import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.Budget;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.CompactionResponse;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.DeleteRangeResponse;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.PutResponse;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeStreamResponse;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// Keys and values. Runs on the transport's threads: changes do not block there, and reads that may be long go to
/// threads of their own.
final class KvService implements KVGrpc.AsyncService, BindableService {
    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;
    private final int requestBytesMax;
    private final Executor longReads;
    private final SpareParts spare = new SpareParts();

    /// What answers to ranges may take that are read or sent, all together.
    private final Budget answers;

    KvService(
            MvccStore store,
            Identity identity,
            Callers callers,
            int requestBytesMax,
            Executor longReads,
            Budget answers) {
        this.answers = answers;
        this.store = store;
        this.identity = identity;
        this.callers = callers;
        this.requestBytesMax = requestBytesMax;
        this.longReads = longReads;
    }

    /// As it is generated, but for the form of the answers to ranges.
    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(KVGrpc.SERVICE_NAME)
                .addMethod(RangeReply.METHOD, ServerCalls.asyncUnaryCall(this::read));
        for (ServerMethodDefinition<?, ?> method : KVGrpc.bindService(this).getMethods()) {
            if (method.getMethodDescriptor() != KVGrpc.getRangeMethod()) service.addMethod(method);
        }
        return service.build();
    }

    private void read(RangeRequest request, StreamObserver<Object> client) {
        Caller caller = callers.current();
        if (request.getRangeEnd().isEmpty()) {
            Answer.send(
                    attempt(request, () -> store.submit(Decoding.range(request), caller)),
                    client,
                    outcome -> Encoding.range((Outcome.Ranged) outcome, identity.header(outcome.revision())));
        } else {
            longReads.execute(() -> Answer.send(attempt(request, () -> rows(request, caller)), client, reply -> reply));
        }
    }

    private CompletableFuture<RangeReply> rows(RangeRequest request, Caller caller) {
        Budget.Share share = answers.share();
        try {
            EncodedRows rows = new EncodedRows(spare, share);
            Outcome.Ranged ranged = store.range(Decoding.range(request), caller, rows);
            return CompletableFuture.completedFuture(
                    rows.reply(Encoding.range(ranged, identity.header(ranged.revision()))));
        } catch (RuntimeException | Error e) {
            share.giveBack();
            throw e;
        }
    }

    @Override
    public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> client) {
        Paced<RangeStreamResponse> paced = new Paced<>((ServerCallStreamObserver<RangeStreamResponse>) client);
        Caller caller = callers.current();
        longReads.execute(() -> {
            try {
                if (request.getSerializedSize() > requestBytesMax) throw new DeniedException(Denial.REQUEST_TOO_LARGE);
                new RangeStreamCall(store, caller, identity, paced, requestBytesMax, answers).send(streamable(request));
                client.onCompleted();
            } catch (RuntimeException | OutOfMemoryError e) {
                client.onError(Denials.status(e));
            }
        });
    }

    /// What cannot be sent before all of it was seen is not for a stream.
    private static Operation.Range streamable(RangeRequest request) {
        Operation.Range range = Decoding.range(request);
        boolean sorted = range.order() != SortOrder.NONE
                && (range.order() != SortOrder.ASCENDING || range.target() != SortTarget.KEY);
        if (sorted) throw unimplemented("custom sort orders");
        if (!range.bounds().none()) throw unimplemented("revision filters");
        return range;
    }

    private static RuntimeException unimplemented(String what) {
        return Status.UNIMPLEMENTED
                .withDescription("RangeStream does not support " + what)
                .asRuntimeException();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> client) {
        Answer.send(
                attempt(request, () -> store.submit(Decoding.put(request), callers.current(), Alone.INSTANCE)),
                client,
                outcome -> Encoding.put((Outcome.Put) outcome, identity.header(outcome.revision())));
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> client) {
        Answer.send(
                attempt(request, () -> store.submit(Decoding.delete(request), callers.current(), Alone.INSTANCE)),
                client,
                outcome -> Encoding.deleted((Outcome.Deleted) outcome, identity.header(outcome.revision())));
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> client) {
        Caller caller = callers.current();
        Runnable answering = () -> Answer.send(
                attempt(request, () -> store.submit(Decoding.txn(request), caller, Alone.INSTANCE)),
                client,
                outcome -> Encoding.txn((Outcome.Txn) outcome, identity.header(outcome.revision())));
        if (readsMuch(request)) longReads.execute(answering);
        else answering.run();
    }

    /// Whether it changes nothing, so that who calls reads, and may have to look at every key.
    private static boolean readsMuch(TxnRequest txn) {
        List<RequestOp> steps = new ArrayList<>(txn.getSuccessList());
        steps.addAll(txn.getFailureList());
        if (!steps.stream().allMatch(RequestOp::hasRequestRange)) return false;
        return steps.stream()
                        .anyMatch(step -> !step.getRequestRange().getRangeEnd().isEmpty())
                || txn.getCompareList().stream()
                        .anyMatch(compare -> !compare.getRangeEnd().isEmpty());
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> client) {
        Answer.send(
                attempt(request, () -> store.compact(request.getRevision(), request.getPhysical())),
                client,
                revision -> CompactionResponse.newBuilder()
                        .setHeader(identity.header(revision))
                        .build());
    }

    private <T> CompletableFuture<T> attempt(MessageLite request, Supplier<CompletableFuture<T>> work) {
        try {
            if (request.getSerializedSize() > requestBytesMax) throw new DeniedException(Denial.REQUEST_TOO_LARGE);
            return work.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
