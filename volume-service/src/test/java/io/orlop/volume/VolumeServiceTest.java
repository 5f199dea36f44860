package io.orlop.volume;

import static io.orlop.volume.VolumeProcess.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.Layout;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.ChildStatus;
import io.orlop.model.Headroom;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Publication.Published;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.UnpublishVolume;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeServiceTest {
    static final VolumeId VOLUME = new VolumeId(new UUID(1, 1));

    private final FakeCluster cluster = new FakeCluster(3);
    private final FakePools pools = new FakePools(cluster);
    private final FakeNexuses nexuses = new FakeNexuses(cluster);
    private VolumeProcess process;

    @BeforeEach
    void start() {
        process = new VolumeProcess(cluster, pools, nexuses, Crashable.immortal());
    }

    @AfterEach
    void stop() {
        process.close();
        cluster.close();
        assertThat(process.runs.missed).as("found by the patrol").isEmpty();
    }

    static CreateVolume twoReplicas() {
        return request(VOLUME, 2, null);
    }

    static CreateVolume request(VolumeId id, int replicas, @Nullable AffinityGroupId group) {
        return new CreateVolume(id, VolumeShape.of(Bytes.mib(64), replicas).withAffinityGroup(group));
    }

    static PublishVolume on(@Nullable NodeId node) {
        return new PublishVolume(node, ShareProtocol.NVMF, null, false, false);
    }

    private VolumeService service() {
        return process.service;
    }

    private List<NodeId> nodesOfReplicas() {
        return cluster.replicas.values().stream().map(ReplicaSpec::node).toList();
    }

    @Test
    void createsAVolumeWithItsReplicas() {
        Volume made = service().create(twoReplicas());
        assertThat(made.spec().status()).isEqualTo(SpecStatus.CREATED);
        assertThat(made.state().status()).isEqualTo(VolumeStatus.ONLINE);
        assertThat(made.state().replicas()).hasSize(2);
    }

    @Test
    void asksForCopiesOfWhichAHostSeesAllOfTheVolume() {
        service().create(twoReplicas());
        Bytes replica = Headroom.replica(Bytes.mib(64));
        assertThat(pools.provisions).allMatch(asked -> asked.shape().size().equals(replica));
        service().publish(VOLUME, on(null));
        assertThat(cluster.nexuses.values().stream().map(NexusSpec::size)).containsExactly(Headroom.nexus(replica));
        assertThat(Headroom.nexus(replica)).isGreaterThan(Bytes.mib(64));
        service().setReplicaCount(VOLUME, 3);
        assertThat(cluster.replicas.values()).hasSize(3).allMatch(copy -> copy.size()
                .equals(replica));
        assertThat(service().volume(VOLUME).spec().size()).isEqualTo(Bytes.mib(64));
    }

    /// Its device must not change its size, whoever serves it and whatever joins it.
    @Test
    void aVolumeWhoseCopiesAreAsLargeAsItselfKeepsItSo() {
        service().create(twoReplicas());
        var before = service().volume(VOLUME).spec();
        process.close();
        cluster.put(
                Layout.DEFAULT.volumes() + VOLUME,
                JsonDocument.VOLUME.encode(
                        new VolumeSpec(VOLUME, before.shape(), before.status(), before.publication(), null, 0, null)));
        pools.provisions.clear();
        start();
        service().publish(VOLUME, on(null));
        service().setReplicaCount(VOLUME, 3);
        assertThat(cluster.nexuses.values().stream().map(NexusSpec::size)).containsExactly(Bytes.mib(64));
        assertThat(pools.provisions)
                .isNotEmpty()
                .allMatch(asked -> asked.shape().size().equals(Bytes.mib(64)));
    }

    @Test
    void refusesToCreateAVolumeTwice() {
        service().create(twoReplicas());
        assertThatThrownBy(() -> service().create(twoReplicas()))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("exists");
    }

    @Test
    void aRefusedVolumeLeavesNothingBehind() {
        int before = cluster.store.dump().size();
        var group = new AffinityGroupId("set");
        assertThatThrownBy(() -> service().create(request(VOLUME, 4, group))).hasMessageContaining("there are 3 nodes");
        assertThat(cluster.store.dump()).hasSize(before);
        assertThat(cluster.replicas).isEmpty();
    }

    @Test
    void keepsAffinityGroups() {
        var group = new AffinityGroupId("set");
        service().create(request(VOLUME, 1, group));
        var other = new VolumeId(new UUID(1, 2));
        service().create(request(other, 1, group));
        assertThat(cluster.keyspace
                        .get("/mayastor/v2/affinity_groups/set")
                        .map(found -> new String(found.value(), StandardCharsets.UTF_8)))
                .hasValueSatisfying(text -> assertThat(text).contains(VOLUME.toString(), other.toString()));
        service().delete(VOLUME);
        service().delete(other);
        assertThat(cluster.keyspace.get("/mayastor/v2/affinity_groups/set")).isEmpty();
    }

    @Test
    void publishesAndTakesBack() {
        service().create(twoReplicas());
        Volume published = service().publish(VOLUME, on(FakeCluster.node(2)));
        assertThat(published.spec().publication()).isInstanceOfSatisfying(Published.class, to -> assertThat(to.node())
                .isEqualTo(FakeCluster.node(2)));
        assertThat(published.state().target()).satisfies(target -> {
            assertThat(target.deviceUri()).contains("node-2").contains(VOLUME.toString());
            assertThat(target.children()).hasSize(2);
        });
        assertThat(cluster.replicas.values()).anySatisfy(remote -> assertThat(remote.hosts())
                .containsExactly(AllowedHost.fromAnywhere("nqn.test:node-2")));

        Volume again = service().publish(VOLUME, on(null));
        assertThat(again.spec()).isEqualTo(published.spec());
        assertThatThrownBy(() -> service().publish(VOLUME, on(FakeCluster.node(1))))
                .hasMessageContaining("is published on node-2");
        assertThatThrownBy(() -> service().delete(VOLUME)).hasMessageContaining("unpublish it first");

        service().unpublish(VOLUME, UnpublishVolume.gently());
        assertThat(cluster.nexuses).isEmpty();
        assertThat(cluster.replicas.values())
                .allSatisfy(replica -> assertThat(replica.share()).isEqualTo(ShareProtocol.NONE));
        assertThatThrownBy(() -> service().unpublish(VOLUME, UnpublishVolume.gently()))
                .hasMessageContaining("is not published");
    }

    @Test
    void everyPathHasItsOwnControllerIds() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(null));
        service().unpublish(VOLUME, UnpublishVolume.gently());
        Volume second = service().publish(VOLUME, on(null));
        assertThat(second.spec().paths()).isEqualTo(2);
        assertThat(cluster.nexuses.values()).singleElement().satisfies(nexus -> {
            assertThat(nexus.shape().nvmf()).isEqualTo(NvmfConfig.ofPath(2));
            assertThat(nexus.children()).hasSize(2);
        });
    }

    @Test
    void replacesALostReplicaAndRebuildsIt() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(FakeCluster.node(1)));
        cluster.stop(FakeCluster.node(2));
        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.DEGRADED);

        await(() -> nodesOfReplicas().contains(FakeCluster.node(3)) && rebuilding());
        assertThat(nodesOfReplicas()).as("nothing is given up meanwhile").contains(FakeCluster.node(2));
        cluster.rebuilt();

        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.ONLINE
                && !nodesOfReplicas().contains(FakeCluster.node(2)));
        assertThat(nodesOfReplicas()).containsExactly(FakeCluster.node(1), FakeCluster.node(3));
    }

    private boolean rebuilding() {
        return cluster.nexuses.keySet().stream()
                .anyMatch(nexus -> cluster.childrenOf(nexus).containsValue(ChildStatus.DEGRADED));
    }

    @Test
    void rejoinsAReplicaThatCameBackWhereThereIsNoOtherPlace() {
        cluster.stop(FakeCluster.node(3));
        service().create(twoReplicas());
        service().publish(VOLUME, on(FakeCluster.node(1)));
        cluster.stop(FakeCluster.node(2));
        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.DEGRADED);
        cluster.start(FakeCluster.node(2));
        await(this::rebuilding);
        cluster.rebuilt();
        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.ONLINE);
        assertThat(nodesOfReplicas()).containsExactly(FakeCluster.node(1), FakeCluster.node(2));
    }

    @Test
    void usesOneCopyAndRebuildsTheOthersAfterAnUncleanEnd() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(FakeCluster.node(3)));
        cluster.stop(FakeCluster.node(3));
        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.UNKNOWN);
        assertThatThrownBy(() -> service().unpublish(VOLUME, UnpublishVolume.gently()))
                .hasMessageContaining("is not online");
        service().unpublish(VOLUME, UnpublishVolume.byForce());

        Volume published = service().publish(VOLUME, on(null));
        assertThat(published.state().status()).isEqualTo(VolumeStatus.DEGRADED);
        await(this::rebuilding);
        cluster.rebuilt();
        await(() -> service().volume(VOLUME).state().status() == VolumeStatus.ONLINE);
    }

    @Test
    void growsAndShrinksByOne() {
        service().create(twoReplicas());
        service().publish(VOLUME, on(FakeCluster.node(1)));
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 4)).hasMessageContaining("ask for 3 first");
        service().setReplicaCount(VOLUME, 3);
        assertThat(nodesOfReplicas()).hasSize(3);
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 4)).hasMessageContaining("wait until it is online");
        cluster.rebuilt();
        service().setReplicaCount(VOLUME, 2);
        service().setReplicaCount(VOLUME, 1);
        assertThat(nodesOfReplicas()).as("the one beside the nexus stays").containsExactly(FakeCluster.node(1));
        assertThatThrownBy(() -> service().setReplicaCount(VOLUME, 0)).hasMessageContaining("one or more");
    }

    @Test
    void deletesWithoutATrace() {
        int before = cluster.store.dump().size();
        service().create(twoReplicas());
        service().publish(VOLUME, on(null));
        service().unpublish(VOLUME, UnpublishVolume.gently());
        service().delete(VOLUME);
        assertThat(cluster.store.dump()).hasSize(before);
        assertThat(cluster.replicas).isEmpty();
        assertThatThrownBy(() -> service().delete(VOLUME)).hasMessageContaining("there is no volume");
    }

    @Test
    void pagesThroughVolumes() {
        for (int i = 1; i <= 3; i++) service().create(request(new VolumeId(new UUID(1, i)), 1, null));
        assertThat(service().walked(0, 2).entries()).hasSize(2);
        assertThat(service().walked(0, 2).next()).isEqualTo(2);
        assertThat(service().walked(2, 2).entries()).hasSize(1);
        assertThat(service().walked(2, 2).next()).isNull();
        assertThat(service().walked(7, 2).entries()).isEmpty();
        assertThat(service().walked(0, 0).entries()).hasSize(3);
        assertThat(service().walked(0, Integer.MAX_VALUE).entries()).hasSize(3);
    }

    @Test
    void theNextPageLeavesOutNothingThatStays() {
        for (int i = 1; i <= 4; i++) service().create(request(new VolumeId(new UUID(1, i)), 1, null));
        Integer next = service().walked(0, 2).next();

        service().delete(new VolumeId(new UUID(1, 1)));

        assertThat(service().walked(Objects.requireNonNull(next), 2).entries())
                .extracting(volume -> volume.spec().uuid())
                .containsExactly(new VolumeId(new UUID(1, 3)), new VolumeId(new UUID(1, 4)));
    }

    @Test
    void saysInWhatARepeatedCreationDiffers() {
        service().create(request(VOLUME, 2, null));

        assertThatThrownBy(() -> service().create(request(VOLUME, 3, new AffinityGroupId("shop"))))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Differs.class))
                .hasMessageContaining("its num_replicas is 2 and not 3, its affinity_group is unset and not shop");

        VolumeShape first = twoReplicas().shape();
        assertThatThrownBy(() -> service().create(new CreateVolume(VOLUME, first.withClusterSize(Bytes.mib(8)))))
                .hasMessageContaining("what was asked for is another: its cluster_size is unset and not 8 MiB");
    }

    @Test
    void aRepeatedCreationThatDiffersInNothingFindsItThere() {
        service().create(twoReplicas());

        assertThatThrownBy(() -> service().create(twoReplicas()))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.AlreadyExists.class));
    }
}
