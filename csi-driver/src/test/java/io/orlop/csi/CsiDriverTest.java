package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.orlop.stubs.csi.v1.ControllerExpandVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerGetCapabilitiesRequest;
import io.orlop.stubs.csi.v1.ControllerServiceCapability.RPC;
import io.orlop.stubs.csi.v1.GetPluginCapabilitiesRequest;
import io.orlop.stubs.csi.v1.GetPluginInfoRequest;
import io.orlop.stubs.csi.v1.IdentityGrpc;
import io.orlop.stubs.csi.v1.PluginCapability;
import io.orlop.stubs.csi.v1.ProbeRequest;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsiDriverTest extends ServedDriver {
    CsiDriverTest(@TempDir Path directory) throws IOException {
        super(directory);
    }

    @Test
    void saysWhoItIsAndWhatItCan() {
        assertThat(identity()
                        .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("csi.orlop.io");
        assertThat(identity()
                        .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
                        .getVendorVersion())
                .isNotEmpty();
        assertThat(identity()
                        .getPluginCapabilities(GetPluginCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesList())
                .extracting(capability -> capability.getService().getType())
                .containsExactly(
                        PluginCapability.Service.Type.CONTROLLER_SERVICE,
                        PluginCapability.Service.Type.VOLUME_ACCESSIBILITY_CONSTRAINTS);
        assertThat(identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
        assertThat(controller()
                        .controllerGetCapabilities(ControllerGetCapabilitiesRequest.getDefaultInstance())
                        .getCapabilitiesList())
                .extracting(capability -> capability.getRpc().getType())
                .containsExactly(
                        RPC.Type.CREATE_DELETE_VOLUME,
                        RPC.Type.PUBLISH_UNPUBLISH_VOLUME,
                        RPC.Type.LIST_VOLUMES,
                        RPC.Type.LIST_VOLUMES_PUBLISHED_NODES,
                        RPC.Type.GET_CAPACITY);
        assertThat(status(
                        () -> controller().controllerExpandVolume(ControllerExpandVolumeRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void letsOnlyOwnerAndGroupConnect() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void survivesGarbageOnTheSocket() throws IOException {
        var random = new Random(7);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[random.nextInt(5000)];
            random.nextBytes(garbage);
            try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                try {
                    if (i % 2 == 0) {
                        connection.write(ByteBuffer.wrap(
                                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                    }
                    connection.write(ByteBuffer.wrap(garbage));
                } catch (IOException hungUp) {
                    // It may hang up on us at any byte.
                }
            }
        }

        assertThat(identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
    }

    @Test
    void doesNotTakeASocketThatIsServed() {
        assertThatThrownBy(() -> start(socket.toString()))
                .rootCause()
                .hasMessageContaining("is served by another process")
                .hasMessageContaining(socket.toString());
        assertThat(identity()
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
    }

    private IdentityGrpc.IdentityBlockingStub identity() {
        return IdentityGrpc.newBlockingStub(channel);
    }
}
