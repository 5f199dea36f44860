package io.orlop.store.etcd;

import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.line.AbandonedException;
import io.orlop.store.line.Line;
import io.orlop.store.line.Place;
import io.orlop.store.line.Watching;
import io.orlop.store.proto.v3lockpb.LockGrpc;
import io.orlop.store.proto.v3lockpb.LockRequest;
import io.orlop.store.proto.v3lockpb.LockResponse;
import io.orlop.store.proto.v3lockpb.UnlockRequest;
import io.orlop.store.proto.v3lockpb.UnlockResponse;
import java.util.concurrent.Executor;

/// Locks: whoever is in front of the line has it.
final class LockService extends LockGrpc.LockImplBase {
    private final MvccStore store;
    private final Identity identity;
    private final PatientCall calls;

    LockService(MvccStore store, Identity identity, Callers callers, Executor threads) {
        this.store = store;
        this.identity = identity;
        this.calls = new PatientCall(store, callers, threads);
    }

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> client) {
        calls.answer(client, (caller, watching) -> {
            try (Stay stay = Stay.under(store, caller.get(), request.getLease())) {
                Line line = new Line(store, caller, Decoding.octets(request.getName()));
                Place place = stay.keep(line, line.join(stay.lease(), Octets.EMPTY));
                long revision = place.inFront() ? place.revision() : awaitTurn(line, place, watching);
                watching.ensureWanted();
                stay.settle();
                return LockResponse.newBuilder()
                        .setHeader(identity.header(revision))
                        .setKey(Encoding.bytes(place.key()))
                        .build();
            }
        });
    }

    /// The lease may have ended while its place moved up.
    private static long awaitTurn(Line line, Place place, Watching watching) throws AbandonedException {
        line.awaitFront(place, watching);
        Outcome.Ranged mine = line.look(place);
        if (mine.kvs().isEmpty()) throw new DeniedException(Denial.LOCK_SESSION_EXPIRED);
        return mine.revision();
    }

    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> client) {
        calls.answer(client, (caller, _) -> {
            Operation delete = Operation.Delete.of(Decoding.octets(request.getKey()));
            Outcome deleted = MvccStore.await(store.submit(delete, caller.get()));
            return UnlockResponse.newBuilder()
                    .setHeader(identity.header(deleted.revision()))
                    .build();
        });
    }
}
