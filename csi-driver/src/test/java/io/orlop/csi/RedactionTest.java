package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.NodeStageVolumeRequest;
import io.orlop.stubs.csi.v1.VolumeCapability;
import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void printsNeitherSecretsNorMountFlags() {
        var capability = VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder()
                        .setFsType("xfs")
                        .addMountFlags("password=hunter2"));
        var create = CreateVolumeRequest.newBuilder()
                .setName("volume")
                .putParameters("repl", "2")
                .putSecrets("key", "hunter2")
                .addVolumeCapabilities(capability)
                .build();
        var stage = NodeStageVolumeRequest.newBuilder()
                .setVolumeId("id")
                .putSecrets("key", "hunter2")
                .setVolumeCapability(capability)
                .build();

        assertThat(Redaction.text(create))
                .contains("volume")
                .contains("repl")
                .contains("xfs")
                .doesNotContain("hunter2");
        assertThat(Redaction.text(stage)).contains("id").contains("xfs").doesNotContain("hunter2");
    }
}
