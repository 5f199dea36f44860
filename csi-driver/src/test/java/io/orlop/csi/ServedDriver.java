package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.model.Bytes;
import io.orlop.stubs.csi.v1.CapacityRange;
import io.orlop.stubs.csi.v1.ControllerGrpc;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeRequest;
import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.DeleteVolumeRequest;
import io.orlop.stubs.csi.v1.ListVolumesRequest;
import io.orlop.stubs.csi.v1.ListVolumesResponse;
import io.orlop.stubs.csi.v1.TopologyRequirement;
import io.orlop.stubs.csi.v1.VolumeCapability;
import io.orlop.stubs.csi.v1.VolumeCapability.AccessMode.Mode;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// The whole driver as the side-cars see it: a process of ours behind a Unix socket.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServedDriver {
    static final String UUID_1 = "5b1c1e9c-1111-4d2b-9a58-0f1c5d3f2a01";
    static final String PVC_1 = "pvc-" + UUID_1;

    final FakeServices services = new FakeServices();
    final Path socket;
    private final ConfigurableApplicationContext driver;
    final ManagedChannel channel;

    ServedDriver(Path directory) throws IOException {
        socket = directory.resolve("csi.sock");
        // A crash left its socket behind.
        try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        driver = start("unix://" + socket);
        channel = Grpc.newChannelBuilder("unix://" + socket, InsecureChannelCredentials.create())
                .build();
    }

    ConfigurableApplicationContext start(String endpoint) {
        return CsiDriverApplication.builder()
                .initializers(context -> {
                    var beans = (GenericApplicationContext) context;
                    beans.registerBean(
                            "fakeVolumes", Volumes.class, () -> services.volumes, bean -> bean.setPrimary(true));
                    beans.registerBean(
                            "fakePools", Pools.class, () -> services.poolsPort, bean -> bean.setPrimary(true));
                    beans.registerBean(
                            "fakeRegistry", Registry.class, () -> services.registry, bean -> bean.setPrimary(true));
                })
                .run(
                        "--orlop.csi.socket=" + endpoint,
                        "--logging.level.io.orlop.csi=debug",
                        "--logging.threshold.console=off",
                        "--spring.main.banner-mode=off");
    }

    @BeforeEach
    void reset() {
        services.reset();
        services.node("node-1", Bytes.gib(10));
        services.node("node-2", Bytes.gib(6));
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        driver.close();
        assertThat(socket).doesNotExist();
    }

    ControllerGrpc.ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(channel);
    }

    static CreateVolumeRequest.Builder create(String name) {
        return CreateVolumeRequest.newBuilder()
                .setName(name)
                .addVolumeCapabilities(capability(Mode.SINGLE_NODE_WRITER));
    }

    static VolumeCapability capability(Mode mode) {
        return VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(mode))
                .build();
    }

    static CapacityRange range(long required, long limit) {
        return CapacityRange.newBuilder()
                .setRequiredBytes(required)
                .setLimitBytes(limit)
                .build();
    }

    static TopologyRequirement preferring(String node) {
        return TopologyRequirement.newBuilder().addPreferred(segment(node)).build();
    }

    static io.orlop.stubs.csi.v1.Topology segment(String node) {
        return io.orlop.stubs.csi.v1.Topology.newBuilder()
                .putSegments("openebs.io/csi-node", "mayastor")
                .putSegments("openebs.io/nodename", node)
                .build();
    }

    static DeleteVolumeRequest delete(String id) {
        return DeleteVolumeRequest.newBuilder().setVolumeId(id).build();
    }

    static ControllerPublishVolumeRequest.Builder publish(String id, String node) {
        return ControllerPublishVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setNodeId(node)
                .setVolumeCapability(capability(Mode.SINGLE_NODE_WRITER));
    }

    static ControllerUnpublishVolumeRequest unpublish(String id, String node) {
        return ControllerUnpublishVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setNodeId(node)
                .build();
    }

    ListVolumesResponse list(int most, String token) {
        return controller()
                .listVolumes(ListVolumesRequest.newBuilder()
                        .setMaxEntries(most)
                        .setStartingToken(token)
                        .build());
    }

    List<String> publishedNodes() {
        return list(0, "").getEntriesList().stream()
                .flatMap(entry -> entry.getStatus().getPublishedNodeIdsList().stream())
                .toList();
    }

    static Status.Code status(Runnable call) {
        return refused(call).getCode();
    }

    static Status refused(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    }
}
