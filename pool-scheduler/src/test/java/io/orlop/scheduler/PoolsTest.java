package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.P1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.scheduler.FakeNode.Fault;
import io.orlop.wire.service.CreatePoolSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Pools are made, imported and labelled.
@Timeout(120)
class PoolsTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void createsAPool() {
        PoolScheduler scheduler = stage.start();
        Stage.pool(scheduler, N1);
        Pool pool = scheduler.pool(P1);
        assertThat(Objects.requireNonNull(pool.spec()).status()).isEqualTo(SpecStatus.CREATED);
        assertThat(Objects.requireNonNull(pool.state()).capacity()).isEqualTo(Stage.DISK);
    }

    @Test
    void refusesAPoolThatIsThere() {
        PoolScheduler scheduler = stage.start();
        Stage.pool(scheduler, N1);
        assertRefused(Refusal.AlreadyExists.class, () -> Stage.pool(scheduler, N1));
        assertRefused(
                Refusal.Differs.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(P1, new NodeId("node-2"), List.of("/dev/disk"), Map.of())));
        assertRefused(
                Refusal.InUse.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(new PoolId("other"), N1, List.of("aio:///dev/disk"), Map.of())));
    }

    @Test
    void refusesAPoolThatCannotBe() {
        PoolScheduler scheduler = stage.start();
        assertRefused(
                Refusal.NotFound.class,
                () -> scheduler.createPool(
                        new CreatePoolSpec(P1, new NodeId("nobody"), List.of("/dev/disk"), Map.of())));
        assertRefused(
                Refusal.NotFound.class,
                () -> scheduler.createPool(new CreatePoolSpec(P1, N1, List.of("/dev/none"), Map.of())));
        assertRefused(
                Refusal.Invalid.class,
                () -> scheduler.createPool(new CreatePoolSpec(P1, N1, List.of("/dev/a", "/dev/b"), Map.of())));
        stage.stop();
        stage.up("node-1", false);
        PoolScheduler again = stage.start();
        assertRefused(Refusal.FailedPrecondition.class, () -> Stage.pool(again, N1));
        assertThat(again.pools()).isEmpty();
    }

    @Test
    void refusesADiskWithAnotherPool() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1")
                .agent()
                .createPool(new io.orlop.wire.agent.CreatePool(new PoolId("theirs"), List.of("/dev/disk")));
        assertRefused(Refusal.Invalid.class, () -> Stage.pool(scheduler, N1));
        assertThat(stage.node("node-1").pools()).hasSize(1);
    }

    @Test
    void takesAPoolThatWasCreatedWithoutAnAnswer() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1").next("createPool", Fault.ANSWER_LOST);
        Stage.pool(scheduler, N1);
        assertThat(Objects.requireNonNull(scheduler.pool(P1).spec()).status()).isEqualTo(SpecStatus.CREATED);
    }

    @Test
    void goesOnWithAPoolWhoseCreationNobodyAnswered() {
        PoolScheduler scheduler = stage.start();
        stage.node("node-1").next("createPool", Fault.REQUEST_LOST);
        assertRefused(Refusal.Aborted.class, () -> Stage.pool(scheduler, N1));
        stage.until(
                "the pool",
                () -> Objects.requireNonNull(scheduler.pool(P1).spec()).status() == SpecStatus.CREATED);
    }

    @Test
    void importsThePoolsOfANodeThatWasStartedAgain() {
        PoolScheduler scheduler = stage.startWithPools();
        VolumeId volume = stage.promised(1, SIZE, 3);
        scheduler.provision(Stage.provision(volume, 3, SIZE));
        stage.node("node-1").restart();
        stage.registry.look(N1);
        stage.until("the pool", () -> !stage.node("node-1").pools().isEmpty());
        assertThat(stage.node("node-1").replicas()).hasSize(1);
        assertThat(stage.node("node-1").calls()).contains("importPool");
    }

    @Test
    void saysWhyAPoolIsNotImported() {
        PoolScheduler scheduler = stage.startWithPools();
        stage.registry.look(N1);
        stage.node("node-1").loseDisk("/dev/disk");
        stage.registry.look(N1);
        stage.until("blocked", () -> scheduler.blocked(P1) != null);
        assertThat(scheduler.blocked(P1)).contains("node node-1 cannot import it");
        assertFaulted(scheduler.pool(P1));
        assertFaulted(scheduler
                .pools()
                .filter(pool -> pool.id().equals(P1))
                .findFirst()
                .orElseThrow());
        // When the node is away, nobody knows how the pool is.
        stage.up("node-1", false);
        stage.until("it is away", () -> scheduler.pool(P1).state() == null);
    }

    private static void assertFaulted(Pool pool) {
        PoolState state = Objects.requireNonNull(pool.state());
        assertThat(state.status()).isEqualTo(PoolStatus.FAULTED);
        assertThat(state.reason()).startsWith("node node-1 cannot import it: ");
        assertThat(state.disks()).containsExactly("/dev/disk");
        assertThat(state.capacity()).isEqualTo(Bytes.ZERO);
        assertThat(state.used()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void placesNothingInAPoolThatIsNotImported() {
        // Given
        PoolScheduler scheduler = stage.startWithPools();
        stage.registry.look(N1);
        stage.node("node-1").loseDisk("/dev/disk");
        stage.registry.look(N1);
        stage.until(
                "it is faulted", () -> scheduler.pool(P1).state() instanceof PoolState state && state.reason() != null);
        // Then
        assertThatThrownBy(() -> scheduler.provision(Stage.provision(stage.promised(1, SIZE, 3), 3, SIZE)))
                .hasMessageContaining(P1.name())
                .hasMessageContaining("its node node-1 does not report it");
        assertThat(scheduler.provision(Stage.provision(stage.promised(2, SIZE, 2), 2, SIZE)))
                .hasSize(2);
    }

    @Test
    void labelsPools() {
        PoolScheduler scheduler = stage.startWithPools();
        assertThat(Objects.requireNonNull(scheduler
                                .labelPool(P1, Map.of("tier", "hot"), false)
                                .spec())
                        .labels())
                .isEqualTo(Map.of("tier", "hot"));
        assertRefused(Refusal.FailedPrecondition.class, () -> scheduler.labelPool(P1, Map.of("tier", "cold"), false));
        assertThat(Objects.requireNonNull(scheduler.unlabelPool(P1, "tier").spec())
                        .labels())
                .isEmpty();
    }
}
