package io.orlop.csi;

import com.google.protobuf.BoolValue;
import io.grpc.stub.StreamObserver;
import io.orlop.stubs.csi.v1.GetPluginCapabilitiesRequest;
import io.orlop.stubs.csi.v1.GetPluginCapabilitiesResponse;
import io.orlop.stubs.csi.v1.GetPluginInfoRequest;
import io.orlop.stubs.csi.v1.GetPluginInfoResponse;
import io.orlop.stubs.csi.v1.IdentityGrpc;
import io.orlop.stubs.csi.v1.PluginCapability;
import io.orlop.stubs.csi.v1.ProbeRequest;
import io.orlop.stubs.csi.v1.ProbeResponse;

/// Who we are.
final class IdentityService extends IdentityGrpc.IdentityImplBase {
    static final String NAME = "csi.orlop.io";

    private static final String VERSION = version();

    private static String version() {
        String packaged = IdentityService.class.getPackage().getImplementationVersion();
        return packaged == null ? "unpackaged" : packaged;
    }

    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> caller) {
        Answer.to(caller, () -> GetPluginInfoResponse.newBuilder()
                .setName(NAME)
                .setVendorVersion(VERSION)
                .build());
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> caller) {
        Answer.to(caller, () -> GetPluginCapabilitiesResponse.newBuilder()
                .addCapabilities(service(PluginCapability.Service.Type.CONTROLLER_SERVICE))
                .addCapabilities(service(PluginCapability.Service.Type.VOLUME_ACCESSIBILITY_CONSTRAINTS))
                .build());
    }

    /// Ready as soon as we answer. A control plane that is away makes calls UNAVAILABLE, which are repeated; to be not
    /// ready would have us restarted, which helps nobody.
    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> caller) {
        Answer.to(
                caller,
                () -> ProbeResponse.newBuilder().setReady(BoolValue.of(true)).build());
    }

    private static PluginCapability service(PluginCapability.Service.Type type) {
        return PluginCapability.newBuilder()
                .setService(PluginCapability.Service.newBuilder().setType(type))
                .build();
    }
}
