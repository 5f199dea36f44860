package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.stubs.csi.v1.CapacityRange;
import io.orlop.stubs.csi.v1.ControllerExpandVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerGetCapabilitiesRequest;
import io.orlop.stubs.csi.v1.ControllerGrpc;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerServiceCapability.RPC;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeRequest;
import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.DeleteVolumeRequest;
import io.orlop.stubs.csi.v1.GetCapacityRequest;
import io.orlop.stubs.csi.v1.GetPluginCapabilitiesRequest;
import io.orlop.stubs.csi.v1.GetPluginInfoRequest;
import io.orlop.stubs.csi.v1.IdentityGrpc;
import io.orlop.stubs.csi.v1.ListVolumesRequest;
import io.orlop.stubs.csi.v1.ListVolumesResponse;
import io.orlop.stubs.csi.v1.PluginCapability;
import io.orlop.stubs.csi.v1.ProbeRequest;
import io.orlop.stubs.csi.v1.TopologyRequirement;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.orlop.stubs.csi.v1.VolumeCapability;
import io.orlop.stubs.csi.v1.VolumeCapability.AccessMode.Mode;
import io.orlop.stubs.csi.v1.VolumeContentSource;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// The whole driver as the side-cars see it: a process of ours behind a Unix socket.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CsiDriverTest {
    private static final String UUID_1 = "5b1c1e9c-1111-4d2b-9a58-0f1c5d3f2a01";
    private static final String PVC_1 = "pvc-" + UUID_1;

    private final FakeServices services = new FakeServices();
    private final Path socket;
    private final ConfigurableApplicationContext driver;
    private final ManagedChannel channel;

    CsiDriverTest(@TempDir Path directory) throws IOException {
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

    private ConfigurableApplicationContext start(String endpoint) {
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
    void takesTheUuidOfTheClaim() {
        var volume = controller()
                .createVolume(create(PVC_1)
                        .putParameters("repl", "2")
                        .putParameters("thin", "true")
                        .putParameters("protocol", "nvmf")
                        .putParameters("fsType", "xfs")
                        .putParameters("csi.storage.k8s.io/pvc/name", "data")
                        .putSecrets("password", "hunter2")
                        .build())
                .getVolume();

        assertThat(volume.getVolumeId()).isEqualTo(UUID_1);
        assertThat(volume.getCapacityBytes()).isEqualTo(Bytes.gib(1).count());
        assertThat(volume.getVolumeContextMap()).containsExactlyEntriesOf(Map.of("fsType", "xfs"));
        assertThat(volume.getAccessibleTopologyList())
                .extracting(io.orlop.stubs.csi.v1.Topology::getSegmentsMap)
                .containsExactly(Map.of("openebs.io/csi-node", "mayastor"));
        assertThat(services.created).singleElement().satisfies(asked -> {
            assertThat(asked.volume()).isEqualTo(VolumeId.of(UUID_1));
            assertThat(asked.replicas()).isEqualTo(2);
            assertThat(asked.thin()).isTrue();
            assertThat(asked.policy().selfHeal()).isTrue();
        });
    }

    @Test
    void takesAnyOtherNameToo() {
        String name = "Größe 1/π \"quoted\" ".repeat(4);

        String first =
                controller().createVolume(create(name).build()).getVolume().getVolumeId();
        String again =
                controller().createVolume(create(name).build()).getVolume().getVolumeId();
        String other = controller()
                .createVolume(create(name + "!").build())
                .getVolume()
                .getVolumeId();

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(services.created).hasSize(2);
        assertThat(status(() -> controller().createVolume(create("").build()))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller().createVolume(create("a\u0001b").build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(
                        () -> controller().createVolume(create("x".repeat(129)).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void keepsWithinTheRangeAskedFor() {
        assertThat(sizeOf(0, 0)).isEqualTo(Bytes.gib(1).count());
        assertThat(sizeOf(1_000_000_000, 1_000_000_000)).isEqualTo(1_000_000_000);
        assertThat(sizeOf(1000, 0)).isEqualTo(1024);
        assertThat(sizeOf(0, 5000)).isEqualTo(4608);
        assertThat(sizeOf(Bytes.gib(3).count(), Bytes.gib(9).count()))
                .isEqualTo(Bytes.gib(3).count());
        assertThat(status(() -> sizeOf(1000, 1001))).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(status(() -> sizeOf(0, 100))).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(status(() -> sizeOf(2048, 1024))).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(status(() -> sizeOf(-1, 0))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> sizeOf(Long.MAX_VALUE, 0))).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void answersTheSameNameWithTheSameVolumeWhereItFits() {
        controller().createVolume(create(PVC_1).setCapacityRange(range(2048, 0)).build());

        assertThat(controller()
                        .createVolume(create(PVC_1)
                                .setCapacityRange(range(1024, 4096))
                                .build())
                        .getVolume()
                        .getCapacityBytes())
                .isEqualTo(2048);
        assertThat(refused(() -> controller()
                        .createVolume(
                                create(PVC_1).setCapacityRange(range(4096, 0)).build())))
                .satisfies(refused -> assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS))
                .satisfies(refused ->
                        assertThat(refused.getDescription()).contains(UUID_1).contains("its size is 2 KiB"));
        assertThat(status(() -> controller()
                        .createVolume(create(PVC_1)
                                .setCapacityRange(range(2048, 0))
                                .putParameters("repl", "2")
                                .build())))
                .isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(status(() -> controller()
                        .createVolume(create(PVC_1)
                                .setCapacityRange(range(2048, 0))
                                .putParameters("thin", "true")
                                .build())))
                .isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(services.created).hasSize(1);
    }

    @Test
    void goesOnWithWhatIsBeingMadeAsItWasPromised() {
        controller()
                .createVolume(create(PVC_1)
                        .setCapacityRange(range(2048, 0))
                        .setAccessibilityRequirements(preferring("node-1"))
                        .build());
        VolumeId id = VolumeId.of(UUID_1);
        services.specs.computeIfPresent(id, (_, spec) -> spec.withStatus(SpecStatus.CREATING));

        controller()
                .createVolume(create(PVC_1)
                        .setCapacityRange(range(1024, 0))
                        .setAccessibilityRequirements(preferring("node-2"))
                        .build());

        assertThat(services.created).hasSize(2);
        assertThat(services.created.getLast()).isEqualTo(services.created.getFirst());
    }

    @Test
    void asksToWaitWhileTheSameNameIsBeingDeleted() {
        controller().createVolume(create(PVC_1).build());
        services.specs.computeIfPresent(VolumeId.of(UUID_1), (_, spec) -> spec.withStatus(SpecStatus.DELETING));

        assertThat(status(() -> controller().createVolume(create(PVC_1).build())))
                .isEqualTo(Status.Code.ABORTED);
    }

    /// After a final answer the provisioner forgets the volume; so only what is certain is final.
    @Test
    void isNeverFinalAboutWhatMayStillHappen() {
        assertThat(ofCreating(new Refusal.Failed("an agent failed", "look"))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(ofCreating(new Refusal.FailedPersist("store", "look"))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(ofCreating(new Refusal.Unavailable("away", "wait"))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(ofCreating(new Refusal.TimedOut("late", "wait"))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(ofCreating(new Refusal.Conflict("busy", "wait"))).isEqualTo(Status.Code.ABORTED);
        assertThat(ofCreating(new Refusal.Deleting("going", "wait"))).isEqualTo(Status.Code.ABORTED);
        assertThat(ofCreating(new Refusal.OutOfCapacity("full", "add pools")))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(ofCreating(new Refusal.Invalid("bad", "mend it"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void refusesParametersThatNobodyKnows() {
        assertThat(refused(() -> controller()
                                .createVolume(create(PVC_1)
                                        .putParameters("replicas", "3")
                                        .build()))
                        .getDescription())
                .contains("'replicas' is not known");
        for (var wrong : Map.of(
                        "repl", "0",
                        "thin", "yes",
                        "protocol", "iscsi",
                        "fsType", "ntfs",
                        "encrypted", "true",
                        "nvmeCtrlLossTmo", "-1",
                        "stsAffinityGroup", "true")
                .entrySet()) {
            assertThat(refused(() -> controller()
                            .createVolume(create(PVC_1)
                                    .putParameters(wrong.getKey(), wrong.getValue())
                                    .build())))
                    .as(wrong.getKey())
                    .satisfies(status -> assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                    .satisfies(status -> assertThat(status.getDescription()).contains(wrong.getKey()));
        }
        assertThat(services.created).isEmpty();
    }

    @Test
    void refusesUsesItCannotServe() {
        assertThat(status(() -> controller()
                        .createVolume(
                                CreateVolumeRequest.newBuilder().setName(PVC_1).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller()
                        .createVolume(CreateVolumeRequest.newBuilder()
                                .setName(PVC_1)
                                .addVolumeCapabilities(capability(Mode.MULTI_NODE_MULTI_WRITER))
                                .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller()
                        .createVolume(create(PVC_1)
                                .setVolumeContentSource(VolumeContentSource.newBuilder()
                                        .setVolume(VolumeContentSource.VolumeSource.newBuilder()
                                                .setVolumeId(UUID_1)))
                                .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> controller()
                        .createVolume(create(PVC_1)
                                .putChangeableParameters("qos", "gold")
                                .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(services.created).isEmpty();
    }

    @Test
    void putsReplicasWhereTheTopologySuffices() {
        assertThat(nodesOf("1", requiring("node-1"))).isEqualTo(explicit(List.of("node-1"), List.of()));
        // With a single node named for two replicas, the name says where the Pod is and not where the replicas are.
        assertThat(nodesOf("2", requiring("node-1"))).isEqualTo(new Topology.Nodes.Any());
        assertThat(nodesOf("2", requiring("node-1", "node-2"))).isEqualTo(new Topology.Nodes.Any());
        assertThat(nodesOf("1", requiring("compute-7"))).isEqualTo(new Topology.Nodes.Any());
        assertThat(nodesOf("2", preferring("node-2")))
                .isEqualTo(explicit(List.of("node-1", "node-2"), List.of("node-2")));
    }

    @Test
    void deletesWhatIsThereAndWhatIsNot() {
        controller().createVolume(create(PVC_1).build());

        controller().deleteVolume(delete(UUID_1));
        controller().deleteVolume(delete(UUID_1));
        controller().deleteVolume(delete("not one of ours"));

        assertThat(services.specs).isEmpty();
        assertThat(status(() -> controller().deleteVolume(delete("")))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void keepsAVolumeThatIsInUse() {
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-1").build());

        assertThat(status(() -> controller().deleteVolume(delete(UUID_1)))).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(services.specs).hasSize(1);
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
                        Map.entry("uri", "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:" + UUID_1),
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

    @Test
    void listsVolumesInPagesAndWhoHasThem() {
        for (int i = 0; i < 7; i++)
            controller().createVolume(create("volume " + i).build());
        controller().createVolume(create(PVC_1).build());
        controller().controllerPublishVolume(publish(UUID_1, "node-1").build());

        var all = controller().listVolumes(ListVolumesRequest.getDefaultInstance());
        assertThat(all.getEntriesCount()).isEqualTo(8);
        assertThat(all.getNextToken()).isEmpty();
        assertThat(publishedNodes()).containsExactly("node-1");

        var first = list(3, "");
        var second = list(3, first.getNextToken());
        var third = list(3, second.getNextToken());
        assertThat(third.getNextToken()).isEmpty();
        assertThat(List.of(first, second, third).stream().flatMap(page -> ids(page).stream()))
                .containsExactlyElementsOf(ids(all));
    }

    @Test
    void leavesNoVolumeOutWhileOthersGo() {
        for (int i = 0; i < 8; i++)
            controller().createVolume(create("volume " + i).build());
        var first = list(4, "");

        controller().deleteVolume(delete(ids(first).getFirst()));
        assertThat(ids(list(0, first.getNextToken()))).hasSize(4).doesNotContainAnyElementsOf(ids(first));

        controller().deleteVolume(delete(ids(first).getLast()));
        assertThat(ids(list(0, first.getNextToken()))).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void refusesTokensOfOthers() {
        assertThat(status(() -> list(0, "garbage"))).isEqualTo(Status.Code.ABORTED);
        assertThat(status(() -> list(0, "1.------------------------------------")))
                .isEqualTo(Status.Code.ABORTED);
        assertThat(status(() -> list(-1, ""))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void confirmsWhatItCanServe() {
        controller().createVolume(create(PVC_1).build());

        assertThat(controller()
                        .validateVolumeCapabilities(validate(UUID_1, Mode.SINGLE_NODE_WRITER))
                        .getConfirmed()
                        .getVolumeCapabilitiesList())
                .containsExactly(capability(Mode.SINGLE_NODE_WRITER));
        var unconfirmed = controller().validateVolumeCapabilities(validate(UUID_1, Mode.MULTI_NODE_SINGLE_WRITER));
        assertThat(unconfirmed.hasConfirmed()).isFalse();
        assertThat(unconfirmed.getMessage()).contains("MULTI_NODE_SINGLE_WRITER");
        assertThat(status(() -> controller().validateVolumeCapabilities(validate("gone", Mode.SINGLE_NODE_WRITER))))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status(() -> controller()
                        .validateVolumeCapabilities(ValidateVolumeCapabilitiesRequest.newBuilder()
                                .setVolumeId(UUID_1)
                                .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void reportsWhatIsFree() {
        services.node("node-3", Bytes.gib(1), Bytes.gib(3));
        services.node("node-4", true, Map.of(), Bytes.gib(100));

        assertThat(capacity(Map.of())).containsExactly(Bytes.gib(20), Bytes.gib(10));
        assertThat(capacity(Map.of("repl", "2"))).containsExactly(Bytes.gib(10), Bytes.gib(6));
        assertThat(capacity(Map.of("repl", "3"))).containsExactly(Bytes.gib(4), Bytes.gib(3));
        assertThat(capacity(Map.of("repl", "4"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(capacity(Map.of("nodeHasTopologyKey", "rack"))).containsExactly(Bytes.ZERO, Bytes.ZERO);
        assertThat(status(() -> capacity(Map.of("rep", "2")))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void reportsWhatIsFreeInASegment() {
        var segment = io.orlop.stubs.csi.v1.Topology.newBuilder().putSegments("openebs.io/nodename", "node-2");

        assertThat(controller()
                        .getCapacity(GetCapacityRequest.newBuilder()
                                .setAccessibleTopology(segment)
                                .build())
                        .getAvailableCapacity())
                .isEqualTo(Bytes.gib(6).count());
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

    private ControllerGrpc.ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(channel);
    }

    private static CreateVolumeRequest.Builder create(String name) {
        return CreateVolumeRequest.newBuilder()
                .setName(name)
                .addVolumeCapabilities(capability(Mode.SINGLE_NODE_WRITER));
    }

    private static VolumeCapability capability(Mode mode) {
        return VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.newBuilder().setFsType("ext4"))
                .setAccessMode(VolumeCapability.AccessMode.newBuilder().setMode(mode))
                .build();
    }

    private static CapacityRange range(long required, long limit) {
        return CapacityRange.newBuilder()
                .setRequiredBytes(required)
                .setLimitBytes(limit)
                .build();
    }

    private long sizeOf(long required, long limit) {
        return controller()
                .createVolume(create("volume %d %d".formatted(required, limit))
                        .setCapacityRange(range(required, limit))
                        .build())
                .getVolume()
                .getCapacityBytes();
    }

    private Status.Code ofCreating(Refusal refusal) {
        services.refusal = refusal;
        return status(() -> controller().createVolume(create(PVC_1).build()));
    }

    private Topology.Nodes nodesOf(String replicas, TopologyRequirement requirement) {
        services.specs.clear();
        controller()
                .createVolume(create(PVC_1)
                        .putParameters("repl", replicas)
                        .setAccessibilityRequirements(requirement)
                        .build());
        return services.created.getLast().topology().nodes();
    }

    private static Topology.Nodes explicit(List<String> allowed, List<String> preferred) {
        return new Topology.Nodes.Explicit(
                allowed.stream().map(NodeId::new).toList(),
                preferred.stream().map(NodeId::new).toList());
    }

    private static TopologyRequirement requiring(String... nodes) {
        var requirement = TopologyRequirement.newBuilder();
        for (String node : nodes) requirement.addRequisite(segment(node));
        return requirement.build();
    }

    private static TopologyRequirement preferring(String node) {
        return TopologyRequirement.newBuilder().addPreferred(segment(node)).build();
    }

    private static io.orlop.stubs.csi.v1.Topology segment(String node) {
        return io.orlop.stubs.csi.v1.Topology.newBuilder()
                .putSegments("openebs.io/csi-node", "mayastor")
                .putSegments("openebs.io/nodename", node)
                .build();
    }

    private static DeleteVolumeRequest delete(String id) {
        return DeleteVolumeRequest.newBuilder().setVolumeId(id).build();
    }

    private static ControllerPublishVolumeRequest.Builder publish(String id, String node) {
        return ControllerPublishVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setNodeId(node)
                .setVolumeCapability(capability(Mode.SINGLE_NODE_WRITER));
    }

    private static ControllerUnpublishVolumeRequest unpublish(String id, String node) {
        return ControllerUnpublishVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setNodeId(node)
                .build();
    }

    private static ValidateVolumeCapabilitiesRequest validate(String id, Mode mode) {
        return ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId(id)
                .addVolumeCapabilities(capability(mode))
                .build();
    }

    private ListVolumesResponse list(int most, String token) {
        return controller()
                .listVolumes(ListVolumesRequest.newBuilder()
                        .setMaxEntries(most)
                        .setStartingToken(token)
                        .build());
    }

    private static List<String> ids(ListVolumesResponse page) {
        return page.getEntriesList().stream()
                .map(entry -> entry.getVolume().getVolumeId())
                .toList();
    }

    private List<String> publishedNodes() {
        return list(0, "").getEntriesList().stream()
                .flatMap(entry -> entry.getStatus().getPublishedNodeIdsList().stream())
                .toList();
    }

    private List<Bytes> capacity(Map<String, String> parameters) {
        var answer = controller()
                .getCapacity(GetCapacityRequest.newBuilder()
                        .putAllParameters(parameters)
                        .build());
        return List.of(
                Bytes.of(answer.getAvailableCapacity()),
                Bytes.of(answer.getMaximumVolumeSize().getValue()));
    }

    private static Status.Code status(Runnable call) {
        return refused(call).getCode();
    }

    private static Status refused(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    }
}
