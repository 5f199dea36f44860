package io.orlop.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.TopologyRequirement;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.orlop.stubs.csi.v1.VolumeCapability.AccessMode.Mode;
import io.orlop.stubs.csi.v1.VolumeContentSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CreateVolumeTest extends ServedDriver {
    CreateVolumeTest(@TempDir Path directory) throws IOException {
        super(directory);
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
            assertThat(asked.shape().numReplicas()).isEqualTo(2);
            assertThat(asked.shape().thin()).isTrue();
            assertThat(asked.shape().policy().selfHeal()).isTrue();
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
    void whateverElseIsAskedForIsAnotherVolume() {
        Map<String, String> first = Map.of("maxSnapshots", "4", "poolHasTopologyKey", "disk");
        controller().createVolume(create(PVC_1).putAllParameters(first).build());

        differs(Map.of("maxSnapshots", "5", "poolHasTopologyKey", "disk"), "its max_snapshots is 4 and not 5");
        differs(Map.of("poolHasTopologyKey", "disk"), "its max_snapshots is 4 and not unset");
        differs(Map.of("maxSnapshots", "4", "poolHasTopologyKey", "rack"), "its topology.pools");
        differs(Map.of("maxSnapshots", "4"), "its topology.pools");
        differs(
                Map.of("maxSnapshots", "4", "poolHasTopologyKey", "disk", "clusterSize", "8388608"),
                "its cluster_size is unset and not 8 MiB");
        differs(
                Map.of("maxSnapshots", "4", "poolHasTopologyKey", "disk", "poolAffinityTopologyKey", "rack"),
                "its topology.pools");
        differs(
                Map.of(
                        "maxSnapshots", "4",
                        "poolHasTopologyKey", "disk",
                        "stsAffinityGroup", "true",
                        "csi.storage.k8s.io/pvc/name", "data-db-0",
                        "csi.storage.k8s.io/pvc/namespace", "shop"),
                "its affinity_group is unset and not shop:data-db");
        assertThat(controller()
                        .createVolume(create(PVC_1).putAllParameters(first).build())
                        .getVolume()
                        .getVolumeId())
                .isEqualTo(UUID_1);
    }

    @Test
    void whatWasAddedSinceIsNoOtherVolume() {
        var request = create(PVC_1)
                .putParameters("repl", "2")
                .putParameters("maxSnapshots", "4")
                .build();
        controller().createVolume(request);
        VolumeId id = VolumeId.of(UUID_1);
        services.specs.computeIfPresent(
                id, (_, spec) -> spec.withShape(spec.shape().withNumReplicas(3).withMaxSnapshots(9)));

        assertThat(controller().createVolume(request).getVolume().getVolumeId()).isEqualTo(UUID_1);
    }

    private void differs(Map<String, String> parameters, String what) {
        assertThat(refused(() -> controller()
                        .createVolume(create(PVC_1).putAllParameters(parameters).build())))
                .satisfies(refused -> assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS))
                .satisfies(refused -> assertThat(refused.getDescription()).contains(what));
    }

    @Test
    void whoWasOvertakenIsToldWhatDiffersOrGetsWhatFits() {
        overtakenBy(create(PVC_1).putParameters("thin", "true"));
        assertThat(refused(() -> controller().createVolume(create(PVC_1).build())))
                .satisfies(refused -> assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS))
                .satisfies(refused -> assertThat(refused.getDescription()).contains("its thin is true and not false"));

        services.specs.clear();
        overtakenBy(create(PVC_1).setCapacityRange(range(4096, 0)));
        assertThat(controller()
                        .createVolume(create(PVC_1)
                                .setCapacityRange(range(1024, 4096))
                                .build())
                        .getVolume()
                        .getCapacityBytes())
                .isEqualTo(4096);
    }

    /// Another asks for the same name between the look at what is there and the creation.
    private void overtakenBy(CreateVolumeRequest.Builder other) {
        services.whenCreating = () -> {
            services.whenCreating = () -> {};
            controller().createVolume(other.build());
        };
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
        return services.created.getLast().shape().topology().nodes();
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

    private static ValidateVolumeCapabilitiesRequest validate(String id, Mode mode) {
        return ValidateVolumeCapabilitiesRequest.newBuilder()
                .setVolumeId(id)
                .addVolumeCapabilities(capability(mode))
                .build();
    }
}
