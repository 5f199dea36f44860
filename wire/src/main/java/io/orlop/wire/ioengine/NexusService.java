package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.orlop.model.ChildAction;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.stubs.mayastor.v1.AddChildNexusRequest;
import io.orlop.stubs.mayastor.v1.AddChildNexusResponse;
import io.orlop.stubs.mayastor.v1.ChildOperationRequest;
import io.orlop.stubs.mayastor.v1.ChildOperationResponse;
import io.orlop.stubs.mayastor.v1.CreateNexusRequest;
import io.orlop.stubs.mayastor.v1.CreateNexusResponse;
import io.orlop.stubs.mayastor.v1.DestroyNexusRequest;
import io.orlop.stubs.mayastor.v1.FaultNexusChildRequest;
import io.orlop.stubs.mayastor.v1.FaultNexusChildResponse;
import io.orlop.stubs.mayastor.v1.GetNvmeAnaStateRequest;
import io.orlop.stubs.mayastor.v1.GetNvmeAnaStateResponse;
import io.orlop.stubs.mayastor.v1.ListNexusOptions;
import io.orlop.stubs.mayastor.v1.ListNexusResponse;
import io.orlop.stubs.mayastor.v1.ListRebuildHistoryRequest;
import io.orlop.stubs.mayastor.v1.ListRebuildHistoryResponse;
import io.orlop.stubs.mayastor.v1.Nexus;
import io.orlop.stubs.mayastor.v1.NexusRpcGrpc;
import io.orlop.stubs.mayastor.v1.PublishNexusRequest;
import io.orlop.stubs.mayastor.v1.PublishNexusResponse;
import io.orlop.stubs.mayastor.v1.RebuildHistoryRequest;
import io.orlop.stubs.mayastor.v1.RebuildHistoryResponse;
import io.orlop.stubs.mayastor.v1.RemoveChildNexusRequest;
import io.orlop.stubs.mayastor.v1.RemoveChildNexusResponse;
import io.orlop.stubs.mayastor.v1.ShutdownNexusRequest;
import io.orlop.stubs.mayastor.v1.ShutdownNexusResponse;
import io.orlop.stubs.mayastor.v1.UnpublishNexusRequest;
import io.orlop.stubs.mayastor.v1.UnpublishNexusResponse;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.status.RefusalStatus;
import java.util.List;
import java.util.function.Supplier;

final class NexusService extends NexusRpcGrpc.NexusRpcImplBase {
    private final Agent agent;

    NexusService(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void createNexus(CreateNexusRequest request, StreamObserver<CreateNexusResponse> caller) {
        Answer.to(caller, () -> CreateNexusResponse.newBuilder()
                .setNexus(nexus(() -> agent.createNexus(RequestCodec.create(request))))
                .build());
    }

    @Override
    public void destroyNexus(DestroyNexusRequest request, StreamObserver<Empty> caller) {
        Answer.done(caller, () -> agent.destroyNexus(NexusId.of(request.getUuid())));
    }

    @Override
    public void shutdownNexus(ShutdownNexusRequest request, StreamObserver<ShutdownNexusResponse> caller) {
        Answer.to(caller, () -> ShutdownNexusResponse.newBuilder()
                .setNexus(nexus(() -> agent.shutdownNexus(NexusId.of(request.getUuid()))))
                .build());
    }

    @Override
    public void publishNexus(PublishNexusRequest request, StreamObserver<PublishNexusResponse> caller) {
        Answer.to(caller, () -> {
            if (!request.getKey().isEmpty()) throw noKeys().exception();
            ShareProtocol share = ShareCodec.share(request.getShare());
            if (share != ShareProtocol.NVMF) throw notOffered(share).exception();
            return PublishNexusResponse.newBuilder()
                    .setNexus(nexus(() ->
                            agent.publishNexus(NexusId.of(request.getUuid()), share, request.getAllowedHostsList())))
                    .build();
        });
    }

    @Override
    public void unpublishNexus(UnpublishNexusRequest request, StreamObserver<UnpublishNexusResponse> caller) {
        Answer.to(caller, () -> UnpublishNexusResponse.newBuilder()
                .setNexus(nexus(() -> agent.unpublishNexus(NexusId.of(request.getUuid()))))
                .build());
    }

    @Override
    public void addChildNexus(AddChildNexusRequest request, StreamObserver<AddChildNexusResponse> caller) {
        Answer.to(caller, () -> AddChildNexusResponse.newBuilder()
                .setNexus(nexus(
                        () -> agent.addChild(NexusId.of(request.getUuid()), request.getUri(), request.getNorebuild())))
                .build());
    }

    @Override
    public void removeChildNexus(RemoveChildNexusRequest request, StreamObserver<RemoveChildNexusResponse> caller) {
        Answer.to(caller, () -> RemoveChildNexusResponse.newBuilder()
                .setNexus(nexus(() -> agent.removeChild(NexusId.of(request.getUuid()), request.getUri())))
                .build());
    }

    @Override
    public void faultNexusChild(FaultNexusChildRequest request, StreamObserver<FaultNexusChildResponse> caller) {
        Answer.to(caller, () -> FaultNexusChildResponse.newBuilder()
                .setNexus(nexus(() ->
                        agent.actOnChild(NexusId.of(request.getUuid()), request.getUri(), ChildAction.FAULT_IO_ERROR)))
                .build());
    }

    @Override
    public void childOperation(ChildOperationRequest request, StreamObserver<ChildOperationResponse> caller) {
        Answer.to(caller, () -> ChildOperationResponse.newBuilder()
                .setNexus(nexus(() -> agent.actOnChild(
                        NexusId.of(request.getNexusUuid()), request.getUri(), ChildCodec.action(request.getAction()))))
                .build());
    }

    /// A uuid that is not there is an error, a name that is not there an empty list: so the engine has it.
    @Override
    public void listNexus(ListNexusOptions request, StreamObserver<ListNexusResponse> caller) {
        Answer.to(caller, () -> {
            if (request.hasUuid()) {
                NexusState one = one(NexusId.of(request.getUuid().getValue()));
                return ListNexusResponse.newBuilder()
                        .addNexusList(NexusCodec.proto(one))
                        .build();
            }
            return ListNexusResponse.newBuilder()
                    .addAllNexusList(agent.nexuses().stream()
                            .filter(nexus -> Wanted.by(request.hasName(), request.getName(), nexus.name()))
                            .map(NexusCodec::proto)
                            .toList())
                    .build();
        });
    }

    @Override
    public void getNvmeAnaState(GetNvmeAnaStateRequest request, StreamObserver<GetNvmeAnaStateResponse> caller) {
        Answer.to(caller, () -> GetNvmeAnaStateResponse.newBuilder()
                .setAnaState(NexusCodec.proto(one(NexusId.of(request.getUuid())).ana()))
                .build());
    }

    @Override
    public void getRebuildHistory(RebuildHistoryRequest request, StreamObserver<RebuildHistoryResponse> caller) {
        Answer.to(
                caller,
                () -> RebuildCodec.history(
                        one(NexusId.of(request.getUuid())), agent.rebuildHistory(NexusId.of(request.getUuid()))));
    }

    @Override
    public void listRebuildHistory(
            ListRebuildHistoryRequest request, StreamObserver<ListRebuildHistoryResponse> caller) {
        Answer.to(caller, () -> {
            var answer = ListRebuildHistoryResponse.newBuilder();
            for (NexusState nexus : agent.nexuses()) {
                var history =
                        RebuildCodec.history(nexus, RebuildCodec.wanted(request, agent.rebuildHistory(nexus.uuid())));
                if (history.getRecordsCount() > 0) answer.putHistories(history.getUuid(), history);
            }
            return RebuildCodec.withEnd(answer).build();
        });
    }

    private NexusState one(NexusId nexus) {
        List<NexusState> all = agent.nexuses();
        return all.stream()
                .filter(each -> each.uuid().equals(nexus))
                .findFirst()
                .orElseThrow(
                        () -> new Refusal.NotFound("nexus %s is not on this node".formatted(nexus), "list the nexuses")
                                .exception());
    }

    /// For a nexus the engine calls a wrong state of sharing an invalid argument.
    private static Nexus nexus(Supplier<NexusState> call) {
        try {
            return NexusCodec.proto(call.get());
        } catch (RefusalException refused) {
            throw switch (refused.refusal()) {
                case Refusal.AlreadyShared _, Refusal.NotShared _ ->
                    Status.INVALID_ARGUMENT
                            .withDescription(refused.refusal().text())
                            .asRuntimeException(
                                    RefusalStatus.exception(refused.refusal()).getTrailers());
                case Refusal _ -> refused;
            };
        }
    }

    private static Refusal noKeys() {
        return new Refusal.Invalid("a nexus cannot be published with an encryption key", "leave the key empty");
    }

    private static Refusal notOffered(ShareProtocol share) {
        return new Refusal.Invalid("a nexus cannot be published by %s".formatted(share), "publish it by NVMF");
    }
}
