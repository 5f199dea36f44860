package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.wire.service.CreateVolume;
import java.util.List;
import java.util.Objects;
import java.util.Random;

class SizesTest {
    private static final List<Bytes> SIZES =
            List.of(Bytes.of(1), Bytes.mib(1), Bytes.mib(4), Bytes.of((5 << 20) + 513), Bytes.mib(12));

    @SeededTest(seeds = 10)
    void aHostSeesAtLeastWhatWasAskedForAndTheSameWhereverItIsServed(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        for (Bytes size : SIZES) {
            VolumeId volume = User.anyVolume(random);
            cluster.persistently(() -> cluster.volumes()
                    .create(new CreateVolume(volume, VolumeShape.of(size, 2).withThin(random.nextBoolean()))));
            Volume here = user.publish(volume);
            Bytes seen = seen(cluster, here);
            assertThat(seen).isBetween(size, size.plus(Bytes.kib(8)));
            assertThat(here.state().size()).isEqualTo(size);
            assertThat(Objects.requireNonNull(here.state().target()).visibleSize())
                    .isEqualTo(seen);

            user.unpublish(volume);
            user.replicas(volume, 3);
            Volume moved = user.publish(volume);
            assertThat(seen(cluster, moved)).isEqualTo(seen);
            user.unpublish(volume);
            user.delete(volume);
        }
        user.settled();
    }

    private static Bytes seen(SimulatedCluster cluster, Volume published) throws Exception {
        return cluster.stubbornly(
                () -> Bytes.of(cluster.open(User.deviceUri(published)).size()));
    }
}
