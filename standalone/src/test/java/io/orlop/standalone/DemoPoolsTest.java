package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.SpecStatus;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Pools;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DemoPoolsTest {
    private static final NodeId NODE = new NodeId("node-1");
    private static final PoolId POOL = new PoolId("node-1-pool-1");

    private final Map<PoolId, Pool> there = new TreeMap<>();
    private final Deque<Refusal> refusals = new ArrayDeque<>();
    private Runnable afterALook = () -> {};
    private final List<PoolId> files = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final DemoPools pools = new DemoPools(
            (Pools) Proxy.newProxyInstance(
                    Pools.class.getClassLoader(),
                    new Class<?>[] {Pools.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "pools" -> {
                            List<Pool> now = List.copyOf(there.values());
                            afterALook.run();
                            yield now.stream();
                        }
                        case "createPool" -> create((CreatePoolSpec) arguments[0]);
                        default -> throw new AssertionError("nobody asks for " + method.getName());
                    }),
            new Patience(new FastForward(), line -> {}, Duration.ofMinutes(5)),
            pool -> {
                files.add(pool);
                return Path.of("/pools", pool + ".img");
            },
            said::add);

    private Pool create(CreatePoolSpec request) {
        Refusal refusal = refusals.poll();
        if (refusal != null) throw refusal.exception();
        return there.compute(request.pool(), (id, _) -> served(id));
    }

    static List<Refusal> passing() {
        return List.of(
                new Refusal.Conflict("another operation on pool node-1-pool-1 is in progress", "retry"),
                new Refusal.Unavailable("this copy of the pool scheduler does not lead", "ask the leader"),
                new Refusal.Aborted("pool node-1-pool-1 is not ready yet", "ask again"),
                new Refusal.NotFound("there is no node node-1 for pool node-1-pool-1", "start its agent"),
                new Refusal.FailedPrecondition("node node-1 is not online", "start its agent"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void aPoolIsMadeAlthoughItWasRefusedAtFirst(Refusal refusal) throws Exception {
        refusals.add(refusal);

        pools.make(NODE, POOL);

        assertThat(there).containsKey(POOL);
        assertThat(said).isEmpty();
    }

    @Test
    void aPoolThatIsRefusedIsSaidAndStopsNobody() throws Exception {
        refusals.add(new Refusal.Invalid("the disk is too small", "give another"));

        pools.make(NODE, POOL);

        assertThat(said).containsExactly("pool node-1-pool-1 is not made: the disk is too small: give another");
    }

    @Test
    void noEmptyFileTakesThePlaceOfOneThatWasPromised() throws Exception {
        there.put(POOL, unserved(POOL, SpecStatus.CREATED));

        pools.make(NODE, POOL);

        assertThat(files).isEmpty();
    }

    @Test
    void whatCannotBeServedIsSaidAndNotWaitedFor() throws Exception {
        var other = new PoolId("node-1-pool-2");
        there.put(POOL, faulted(POOL, "its disk ends too early"));
        there.put(other, served(other));

        pools.awaitServed(List.of(NODE));

        assertThat(said).containsExactly("pool node-1-pool-1 is not served: its disk ends too early");
    }

    @Test
    void nothingIsSaidOfAPoolThatIsServedInTheEnd() throws Exception {
        var other = new PoolId("node-1-pool-2");
        there.put(POOL, faulted(POOL, "its disk is not there yet"));
        there.put(other, unserved(other, SpecStatus.CREATED));
        afterALook = () -> {
            there.put(POOL, served(POOL));
            there.put(other, served(other));
        };

        pools.awaitServed(List.of(NODE));

        assertThat(said).isEmpty();
    }

    @Test
    void nobodyWaitsForAPoolThatIsBeingDeletedOrIsOfAnotherNode() throws Exception {
        var elsewhere = new PoolId("elsewhere");
        there.put(POOL, unserved(POOL, SpecStatus.DELETING));
        there.put(
                elsewhere,
                new Pool(
                        elsewhere,
                        new PoolSpec(elsewhere, new NodeId("node-9"), List.of("/x"), Map.of(), SpecStatus.CREATED),
                        null));

        pools.awaitServed(List.of(NODE));

        assertThat(said).containsExactly("pool node-1-pool-1 is not served: it is being deleted");
    }

    private static Pool unserved(PoolId id, SpecStatus status) {
        return new Pool(id, new PoolSpec(id, NODE, List.of("aio:///x"), Map.of(), status), null);
    }

    private static Pool faulted(PoolId id, String why) {
        var spec = new PoolSpec(id, NODE, List.of("aio:///x"), Map.of(), SpecStatus.CREATED);
        return new Pool(id, spec, PoolState.refused(spec, why));
    }

    private static Pool served(PoolId id) {
        return new Pool(
                id,
                new PoolSpec(id, NODE, List.of("aio:///x"), Map.of(), SpecStatus.CREATED),
                new PoolState(
                        id,
                        new PoolUuid(new UUID(0, 1)),
                        NODE,
                        List.of("aio:///x"),
                        PoolStatus.ONLINE,
                        Bytes.gib(1),
                        Bytes.ZERO,
                        Bytes.ZERO,
                        Bytes.mib(4)));
    }
}
