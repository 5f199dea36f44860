package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.orlop.stubs.mayastor.v1.BackCompatMayastorFeatures;
import io.orlop.stubs.mayastor.v1.HostRpcGrpc;
import io.orlop.stubs.mayastor.v1.ListBlockDevicesRequest;
import io.orlop.stubs.mayastor.v1.ListBlockDevicesResponse;
import io.orlop.stubs.mayastor.v1.MayastorInfoResponse;
import io.orlop.wire.agent.Agent;

final class HostService extends HostRpcGrpc.HostRpcImplBase {
    private final Agent agent;

    HostService(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void getMayastorInfo(Empty request, StreamObserver<MayastorInfoResponse> caller) {
        Answer.to(caller, () -> {
            var registration = RegistrationCodec.proto(agent.info());
            return MayastorInfoResponse.newBuilder()
                    .setVersion(registration.getVersion())
                    .setPreviousFeatures(BackCompatMayastorFeatures.newBuilder()
                            .setAsymmetricNamespaceAccess(
                                    registration.getFeatures().getAsymmetricNamespaceAccess()))
                    .setRegistrationInfo(registration)
                    .build();
        });
    }

    @Override
    public void listBlockDevices(ListBlockDevicesRequest request, StreamObserver<ListBlockDevicesResponse> caller) {
        Answer.to(caller, () -> ListBlockDevicesResponse.newBuilder()
                .addAllDevices(agent.blockDevices(request.getAll()).stream()
                        .map(BlockDeviceCodec::proto)
                        .toList())
                .build());
    }
}
