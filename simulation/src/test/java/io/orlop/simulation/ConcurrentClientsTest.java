package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.UnpublishVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

/// Many users at once, on volumes of their own and on the same.
class ConcurrentClientsTest {
    private static final int VOLUMES = 4;

    @SeededTest(seeds = 60)
    void severalVolumesLiveAtOnceWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        User.crashSomebody(cluster, random, cluster.everybody(), 1500);
        var lives = new ArrayList<Callable<VolumeId>>();
        for (int n = 0; n < VOLUMES; n++) {
            VolumeId volume = User.anyVolume(random);
            byte[] written = User.bytes(random);
            lives.add(() -> {
                user.create(volume);
                user.write(User.deviceUri(user.publish(volume)), written);
                user.unpublish(volume);
                String moved = User.deviceUri(user.publish(volume));
                assertThat(user.read(moved)).isEqualTo(written);
                user.unpublish(volume);
                user.delete(volume);
                return volume;
            });
        }

        cluster.together(lives);

        user.settled();
        assertThat(cluster.specs()).isEmpty();
    }

    @SeededTest(seeds = 40)
    void oneOfTwoThatPublishElsewhereSucceeds(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        VolumeId volume = User.anyVolume(cluster.random());
        user.create(volume);

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, () -> publish(cluster, volume, 0)),
                () -> refused(cluster, () -> publish(cluster, volume, 1))));

        int winner = onlyWinner(refusals, Refusal.AlreadyPublished.class);
        var published = (Publication.Published) cluster.specs().getFirst().publication();
        assertThat(published.node()).isEqualTo(cluster.nodes().get(winner).id());
        user.settled();
    }

    @SeededTest(seeds = 40)
    void aVolumeIsEitherPublishedOrDeleted(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        VolumeId volume = User.anyVolume(cluster.random());
        user.create(volume);

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, () -> publish(cluster, volume, 0)),
                () -> refused(cluster, () -> cluster.volumes().delete(volume))));

        int winner = onlyWinner(refusals, Refusal.InUse.class, Refusal.NotFound.class);
        if (winner == 0) assertThat(cluster.specs().getFirst().publication()).isInstanceOf(Publication.Published.class);
        else assertThat(cluster.specs()).isEmpty();
        user.settled();
    }

    @SeededTest(seeds = 40)
    void oneOfTwoThatUnpublishSucceeds(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        VolumeId volume = User.anyVolume(cluster.random());
        user.create(volume);
        user.publish(volume);

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, () -> cluster.volumes().unpublish(volume, UnpublishVolume.gently())),
                () -> refused(cluster, () -> cluster.volumes().unpublish(volume, UnpublishVolume.gently()))));

        onlyWinner(refusals, Refusal.NotPublished.class);
        assertThat(cluster.specs().getFirst().publication()).isInstanceOf(Publication.Unpublished.class);
        user.settled();
    }

    @SeededTest(seeds = 40)
    void oneOfTwoThatDeleteSucceeds(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        VolumeId volume = User.anyVolume(cluster.random());
        user.create(volume);

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, () -> cluster.volumes().delete(volume)),
                () -> refused(cluster, () -> cluster.volumes().delete(volume))));

        onlyWinner(refusals, Refusal.NotFound.class);
        user.settled();
        assertThat(cluster.specs()).isEmpty();
    }

    @SeededTest(seeds = 40)
    void oneOfTwoThatCreateDifferentVolumesOfOneNameSucceeds(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        VolumeId volume = User.anyVolume(cluster.random());

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, () -> cluster.volumes().create(User.ofCopies(volume, 1))),
                () -> refused(cluster, () -> cluster.volumes().create(User.ofCopies(volume, 2)))));

        int winner = refusals.getFirst().isEmpty() ? 0 : 1;
        assertThat(refusals.get(winner)).isEmpty();
        assertThat(refusals.get(1 - winner).orElseThrow()).isInstanceOf(Refusal.Differs.class);
        assertThat(cluster.specs().getFirst().numReplicas()).isEqualTo(winner + 1);
        user.settled();
    }

    @SeededTest(seeds = 100)
    void nothingIsHalfMadeOfWhatTwoDoToOneVolumeWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        user.create(volume);
        if (random.nextBoolean()) user.publish(volume);
        User.crashSomebody(cluster, random, cluster.everybody(), 400);

        List<Optional<Refusal>> refusals = cluster.together(List.of(
                () -> refused(cluster, anything(cluster, volume, random)),
                () -> refused(cluster, anything(cluster, volume, random))));

        assertThat(refusals.stream().flatMap(Optional::stream)).allSatisfy(refusal -> assertThat(refusal)
                .as("what another's change, or a node that is away, explains")
                .isInstanceOfAny(
                        Refusal.AlreadyPublished.class,
                        Refusal.NotPublished.class,
                        Refusal.InUse.class,
                        Refusal.NotFound.class,
                        Refusal.FailedPrecondition.class));
        user.settled();
        if (!cluster.specs().isEmpty()) {
            user.unpublish(volume);
            user.delete(volume);
        }
        user.settled();
        assertThat(cluster.specs()).isEmpty();
    }

    private static Runnable anything(SimulatedCluster cluster, VolumeId volume, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> () -> publish(cluster, volume, 0);
            case 1 -> () -> publish(cluster, volume, 1);
            case 2 -> () -> cluster.volumes().unpublish(volume, UnpublishVolume.gently());
            default -> () -> cluster.volumes().delete(volume);
        };
    }

    private static void publish(SimulatedCluster cluster, VolumeId volume, int node) {
        cluster.volumes().publish(volume, User.on(cluster.nodes().get(node).id()));
    }

    /// Done by somebody who asks again only while the answer is that it was not decided.
    private static Optional<Refusal> refused(SimulatedCluster cluster, Runnable request) throws Exception {
        return cluster.persistently(() -> {
            try {
                request.run();
                return Optional.empty();
            } catch (RefusalException refused) {
                if (refused.refusal().passing()) throw refused;
                return Optional.of(refused.refusal());
            }
        });
    }

    /// @return the index of the only one that was not refused; the other was for one of these reasons
    private static int onlyWinner(List<Optional<Refusal>> refusals, Class<?>... reasons) {
        int winner = refusals.getFirst().isEmpty() ? 0 : 1;
        assertThat(refusals.get(winner)).isEmpty();
        assertThat(refusals.get(1 - winner).orElseThrow()).isInstanceOfAny(reasons);
        return winner;
    }
}
