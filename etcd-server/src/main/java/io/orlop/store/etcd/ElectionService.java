package io.orlop.store.etcd;

import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.line.Following;
import io.orlop.store.line.Line;
import io.orlop.store.line.Place;
import io.orlop.store.proto.v3electionpb.CampaignRequest;
import io.orlop.store.proto.v3electionpb.CampaignResponse;
import io.orlop.store.proto.v3electionpb.ElectionGrpc;
import io.orlop.store.proto.v3electionpb.LeaderKey;
import io.orlop.store.proto.v3electionpb.LeaderRequest;
import io.orlop.store.proto.v3electionpb.LeaderResponse;
import io.orlop.store.proto.v3electionpb.ProclaimRequest;
import io.orlop.store.proto.v3electionpb.ProclaimResponse;
import io.orlop.store.proto.v3electionpb.ResignRequest;
import io.orlop.store.proto.v3electionpb.ResignResponse;
import java.util.concurrent.Executor;

/// Elections: whoever is in front of the line leads, and says something.
final class ElectionService extends ElectionGrpc.ElectionImplBase {
    private final MvccStore store;
    private final Identity identity;
    private final PatientCall calls;

    ElectionService(MvccStore store, Identity identity, Callers callers, Executor threads) {
        this.store = store;
        this.identity = identity;
        this.calls = new PatientCall(store, callers, threads);
    }

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> client) {
        Octets value = Decoding.octets(request.getValue());
        calls.answer(client, (caller, watching) -> {
            try (Stay stay = Stay.under(store, caller.get(), request.getLease())) {
                Line line = new Line(store, caller, Decoding.octets(request.getName()));
                Place place = stay.keep(line, line.join(stay.lease(), value));
                if (!place.value().equals(value)) say(line, place.key(), place.created(), stay.lease(), value);
                line.awaitFront(place, watching);
                watching.ensureWanted();
                stay.settle();
                return CampaignResponse.newBuilder()
                        .setHeader(identity.header(place.revision()))
                        .setLeader(LeaderKey.newBuilder()
                                .setName(request.getName())
                                .setKey(Encoding.bytes(place.key()))
                                .setRev(place.created())
                                .setLease(stay.lease()))
                        .build();
            }
        });
    }

    private static long say(Line line, Octets key, long created, long lease, Octets value) {
        return line.say(key, created, lease, value).orElseThrow(() -> new DeniedException(Denial.NOT_LEADER));
    }

    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> client) {
        calls.answer(client, (caller, _) -> {
            if (!request.hasLeader()) throw new DeniedException(Denial.LEADER_MISSING);
            LeaderKey leader = request.getLeader();
            Line line = new Line(store, caller, Decoding.octets(leader.getName()));
            long revision = say(
                    line,
                    Decoding.octets(leader.getKey()),
                    leader.getRev(),
                    leader.getLease(),
                    Decoding.octets(request.getValue()));
            return ProclaimResponse.newBuilder()
                    .setHeader(identity.header(revision))
                    .build();
        });
    }

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> client) {
        calls.answer(client, (caller, _) -> {
            Outcome.Ranged front = new Line(store, caller, Decoding.octets(request.getName())).front();
            if (front.kvs().isEmpty()) throw new DeniedException(Denial.NO_LEADER_ELECTED);
            return leads(front.kvs().getFirst(), front.revision());
        });
    }

    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> client) {
        calls.stream(client, (caller, watching, to) -> {
            Following leaders = new Following(new Line(store, caller, Decoding.octets(request.getName())), watching);
            while (true) {
                Following.Said said = leaders.next();
                watching.until(to::isReady);
                to.onNext(leads(said.by(), said.revision()));
            }
        });
    }

    private LeaderResponse leads(KeyValue kv, long revision) {
        return LeaderResponse.newBuilder()
                .setHeader(identity.header(revision))
                .setKv(Encoding.kv(kv))
                .build();
    }

    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> client) {
        calls.answer(client, (caller, _) -> {
            if (!request.hasLeader()) throw new DeniedException(Denial.LEADER_MISSING);
            LeaderKey leader = request.getLeader();
            long revision = new Line(store, caller, Decoding.octets(leader.getName()))
                    .leave(Decoding.octets(leader.getKey()), leader.getRev());
            return ResignResponse.newBuilder()
                    .setHeader(identity.header(revision))
                    .build();
        });
    }
}
