package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.orlop.model.NodeId;
import io.orlop.model.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishVolumeTest extends ServedDriver {
    PublishVolumeTest(@TempDir Path directory) throws IOException {
        super(directory);
    }

    @Test
    void publishesToOneNodeAndSaysSoAgain() {
        controller().createVolume(create(PVC_1).putParameters("repl", "2").build());

        var first = controller()
                .controllerPublishVolume(publish(UUID_1, "node-1")
                        .putVolumeContext("nvmeCtrlLossTmo", "600")
                        .putVolumeContext("fsType", "ext4")
                        .build());
        var again = controller()
                .controllerPublishVolume(publish(UUID_1, "node-1")
                        .putVolumeContext("nvmeCtrlLossTmo", "600")
                        .build());

        assertThat(first.getPublishContextMap())
                .containsOnly(
                        Map.entry(
                                "uri",
                                "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:" + UUID_1 + "?hostnqn=nqn.node-1"),
                        Map.entry("nvmeCtrlLossTmo", "600"));
        assertThat(again).isEqualTo(first);
        assertThat(services.published)
                .singleElement()
                .satisfies(request -> assertThat(request.frontend()).isEqualTo("node-1"))
                .satisfies(request -> assertThat(request.node()).isEqualTo(new NodeId("node-1")));
        assertThat(refused(() -> controller()
                        .controllerPublishVolume(publish(UUID_1, "node-2").build())))
                .satisfies(refused -> assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
                .satisfies(refused -> assertThat(refused.getDescription()).contains("node-1"));
    }

    @Test
    void refusesToPublishWhatIsNotThere() {
        controller().createVolume(create(PVC_1).build());

        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish(UUID_1.replace("1111", "2222"), "node-1")
                                .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish("no uuid", "node-1").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish(UUID_1, "node-7").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish(UUID_1, "no/name").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish("", "node-1").build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() ->
                        controller().controllerPublishVolume(publish(UUID_1, "").build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(publish(UUID_1, "node-1")
                                .clearVolumeCapability()
                                .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller()
                        .controllerPublishVolume(
                                publish(UUID_1, "node-1").setReadonly(true).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(services.published).isEmpty();
    }

    @Test
    void unpublishesFromExactlyTheNodeThatIsNamed() {
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-2").build());

        // The node before says its farewell late.
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-1"));
        assertThat(publishedNodes()).containsExactly("node-2");

        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-2"));
        assertThat(publishedNodes()).isEmpty();
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-2"));
    }

    @Test
    void aFarewellThatWasOvertakenTouchesNobodyElse() {
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-1").build());
        services.whenUnpublishing = () -> {
            services.whenUnpublishing = () -> {};
            controller().controllerUnpublishVolume(unpublish(UUID_1, "node-1"));
            controller().controllerPublishVolume(publish(UUID_1, "node-2").build());
        };
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-1"));
        assertThat(publishedNodes()).containsExactly("node-2");
    }

    @Test
    void whatIsOnlyPromisedToTheNodeIsWithdrawn() {
        controller().createVolume(create(PVC_1).build());
        services.promisePublication(VolumeId.of(UUID_1), "node-1");
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-2"));
        assertThat(services.specs.values()).allMatch(spec -> spec.operation() != null);
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-1"));
        assertThat(services.specs.values()).allMatch(spec -> spec.operation() == null);
    }

    @Test
    void unpublishesFromEveryNodeWhereNoneIsNamed() {
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-2").build());

        controller().controllerUnpublishVolume(unpublish(UUID_1, ""));

        assertThat(publishedNodes()).isEmpty();
    }

    @Test
    void whatIsGoneIsDetached() {
        controller().controllerUnpublishVolume(unpublish(UUID_1, "node-1"));
        controller().controllerUnpublishVolume(unpublish("no uuid", "no/name"));
        assertThat(status(() -> controller().controllerUnpublishVolume(unpublish("", "node-1"))))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
}
