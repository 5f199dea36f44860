package io.orlop.csi;

import io.grpc.stub.StreamObserver;
import io.orlop.stubs.csi.v1.ControllerGetCapabilitiesRequest;
import io.orlop.stubs.csi.v1.ControllerGetCapabilitiesResponse;
import io.orlop.stubs.csi.v1.ControllerGrpc;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeResponse;
import io.orlop.stubs.csi.v1.ControllerServiceCapability;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeResponse;
import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.CreateVolumeResponse;
import io.orlop.stubs.csi.v1.DeleteVolumeRequest;
import io.orlop.stubs.csi.v1.DeleteVolumeResponse;
import io.orlop.stubs.csi.v1.GetCapacityRequest;
import io.orlop.stubs.csi.v1.GetCapacityResponse;
import io.orlop.stubs.csi.v1.ListVolumesRequest;
import io.orlop.stubs.csi.v1.ListVolumesResponse;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesResponse;
import java.util.List;

/// The Controller service: each call to the part that owns its verb. What is not announced is not overridden, and
/// answers UNIMPLEMENTED.
final class ControllerService extends ControllerGrpc.ControllerImplBase {
    private static final List<ControllerServiceCapability.RPC.Type> OFFERED = List.of(
            ControllerServiceCapability.RPC.Type.CREATE_DELETE_VOLUME,
            ControllerServiceCapability.RPC.Type.PUBLISH_UNPUBLISH_VOLUME,
            ControllerServiceCapability.RPC.Type.LIST_VOLUMES,
            ControllerServiceCapability.RPC.Type.LIST_VOLUMES_PUBLISHED_NODES,
            ControllerServiceCapability.RPC.Type.GET_CAPACITY);

    private final CsiController controller;

    ControllerService(CsiController controller) {
        this.controller = controller;
    }

    @Override
    public void controllerGetCapabilities(
            ControllerGetCapabilitiesRequest request, StreamObserver<ControllerGetCapabilitiesResponse> caller) {
        Answer.to(caller, () -> ControllerGetCapabilitiesResponse.newBuilder()
                .addAllCapabilities(
                        OFFERED.stream().map(ControllerService::capability).toList())
                .build());
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<CreateVolumeResponse> caller) {
        Answer.to(caller, () -> controller.provisioning().create(request));
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> caller) {
        Answer.to(caller, () -> controller.provisioning().delete(request));
    }

    @Override
    public void controllerPublishVolume(
            ControllerPublishVolumeRequest request, StreamObserver<ControllerPublishVolumeResponse> caller) {
        Answer.to(caller, () -> controller.attachment().publish(request));
    }

    @Override
    public void controllerUnpublishVolume(
            ControllerUnpublishVolumeRequest request, StreamObserver<ControllerUnpublishVolumeResponse> caller) {
        Answer.to(caller, () -> controller.attachment().unpublish(request));
    }

    @Override
    public void validateVolumeCapabilities(
            ValidateVolumeCapabilitiesRequest request, StreamObserver<ValidateVolumeCapabilitiesResponse> caller) {
        Answer.to(caller, () -> controller.provisioning().validate(request));
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
        Answer.to(caller, () -> controller.listing().list(request));
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> caller) {
        Answer.to(caller, () -> controller.capacity().capacity(request));
    }

    private static ControllerServiceCapability capability(ControllerServiceCapability.RPC.Type type) {
        return ControllerServiceCapability.newBuilder()
                .setRpc(ControllerServiceCapability.RPC.newBuilder().setType(type))
                .build();
    }
}
