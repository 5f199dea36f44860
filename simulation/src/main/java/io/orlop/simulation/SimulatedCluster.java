package io.orlop.simulation;

import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.dataplane.agent.NvmePort;
import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.VolumeSettings;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreatePoolSpec;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A whole cluster in one JVM under one seed: the production code of the four services and of three storage nodes, on a
/// simulated network, simulated disks and simulated time.
///
/// What each part may suffer, and why the system survives it:
///
/// * A service crashes between any two instructions and is started again later. What it promised is in the store; a
///   reconciler asks what is true and finishes it.
/// * A node suffers a power cut and comes back with what its disk synced. There is another copy, and a record of which
///   copies are whole.
/// * The network is late and reorders, loses messages and splits; a crash breaks calls that may have been done. What is
///   not answered is asked for before it is decided; who cannot reach the store stops to lead, and a target that cannot
///   record a lost copy does not acknowledge what that copy has missed.
/// * Whoever hears of changes, by a watch or a feed, may take them in late. What is decided over data is decided by
///   what the store and the nodes say then.
/// * The store itself suffers nothing, as it is etcd's part to be there; the way to it does: a commit may be late,
///   lost, refused, or kept without an answer.
public final class SimulatedCluster {
    private static final LoopSettings PACE = LoopSettings.named("loop").every(Duration.ofSeconds(5));
    private static final Duration FAULTED_CHILD_WAIT = Duration.ofSeconds(15);
    /// How long after a fault it may still be felt: a lease runs out, a node is noticed as lost or back, a copy that
    /// was away is given up, and calls that began before time out.
    private static final Duration AFTERMATH = Duration.ofMinutes(2);
    /// Longer than a lease: whoever sent it may not lead any more when it comes.
    private static final Duration LATE = Duration.ofSeconds(20);
    private static final long DISK_BYTES = 96L << 20;
    private static final int NODES = 3;
    /// Of each service: one leads, one follows.
    private static final int COPIES = 2;

    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final SimulatedTcp tcp;
    private final SimulatedControlPlane control;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final SeededAmbient user;
    private final NavigableMap<Long, Runnable> due = new TreeMap<>();
    private final List<String> wrongs = new ArrayList<>();
    private long messages;
    private int faults;
    private Instant calm;

    public SimulatedCluster(SeededScheduler scheduler) {
        this.scheduler = scheduler;
        this.network = new SimulatedNetwork(scheduler);
        this.tcp = new SimulatedTcp(scheduler, network);
        this.user = scheduler.process("user");
        this.calm = user.now();
        this.control = new SimulatedControlPlane(
                scheduler,
                network,
                COPIES,
                PACE,
                VolumeSettings.DEFAULT.withPace(PACE).withFaultedChildWait(FAULTED_CHILD_WAIT),
                (node, term) -> node(node).served(term),
                new Surprises());
        for (int n = 1; n <= NODES; n++) {
            nodes.add(new SimulatedNode(
                    new NodeId("node-" + n),
                    DISK_BYTES,
                    scheduler,
                    network,
                    tcp,
                    process -> control.registration(process),
                    wrongs::add));
        }
        network.onEveryStep(this::onEveryStep);
    }

    /// Whatever is due, and what must never be at any time: two in office.
    private void onEveryStep() {
        messages++;
        while (!due.isEmpty() && due.firstKey() <= messages)
            due.pollFirstEntry().getValue().run();
        control.oneAtMostInOffice(wrongs::add);
    }

    /// What a reconciler dies of that is no refusal is a bug.
    private final class Surprises implements LoopObserver {
        @Override
        public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
            if (!(thrown instanceof RefusalException)) wrongs.add("%s %s: %s".formatted(loop, id, thrown));
        }
    }

    List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    private void faultBegins() {
        faults++;
    }

    private void faultEnds() {
        faults--;
        Instant then = user.now().plus(AFTERMATH);
        if (then.isAfter(calm)) calm = then;
    }

    /// Whether some fault lasts, or ended so lately that it explains a refusal.
    boolean troubled() {
        return faults > 0 || user.now().isBefore(calm);
    }

    /// Starts everything and makes a pool on every node.
    SimulatedCluster boot() throws Exception {
        faultBegins();
        for (Victim service : services()) service.start().run();
        nodes.forEach(SimulatedNode::start);
        Pools pool = control.pools(user);
        for (SimulatedNode node : nodes) {
            persistently(() -> {
                try {
                    return pool.createPool(new CreatePoolSpec(
                            new PoolId("pool-" + node.id()), node.id(), List.of(SimulatedNode.DISK), Map.of()));
                } catch (RefusalException refused) {
                    if (refused.refusal() instanceof Refusal.AlreadyExists)
                        return pool.pool(new PoolId("pool-" + node.id()));
                    if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
                    throw new Refusal.Unavailable(node.id() + " has not registered yet", "wait for it").exception();
                }
            });
        }
        faults--;
        return this;
    }

    /// Somebody who can crash, and be started again.
    record Victim(String name, Runnable start, Runnable crash, BooleanSupplier running) {}

    List<Victim> services() {
        return control.services().stream()
                .flatMap(service -> service.copies().stream())
                .map(SimulatedCluster::victim)
                .toList();
    }

    List<Victim> everybody() {
        var all = new ArrayList<>(services());
        for (SimulatedNode node : nodes) all.add(victim(node));
        return all;
    }

    Victim victim(SimulatedNode node) {
        return new Victim(node.id().name(), node::start, node::crash, node::running);
    }

    private static Victim victim(SimulatedCopy<?> copy) {
        return new Victim(copy.name(), copy::start, copy::crash, copy::running);
    }

    /// Crashes the victim when so many more messages have been sent, and starts it again after a while.
    void crashAfter(long moreMessages, Victim victim, Duration away) {
        due.put(messages + moreMessages, () -> crash(victim, away));
    }

    void crash(Victim victim, Duration away) {
        faultBegins();
        victim.crash().run();
        later(away, () -> {
            if (!victim.running().getAsBoolean()) victim.start().run();
            faultEnds();
        });
    }

    /// Crashes, when so many more messages have been sent, whichever copy of this service is in office then.
    void crashLeaderAfter(long moreMessages, Office office, Duration away) {
        due.put(messages + moreMessages, () -> leader(office).ifPresent(victim -> crash(victim, away)));
    }

    private Optional<Victim> leader(Office office) {
        return control.service(office).copyInOffice().map(SimulatedCluster::victim);
    }

    /// The services, by what they own.
    enum Office {
        REGISTRY,
        POOLS,
        NEXUSES,
        VOLUMES
    }

    /// Cuts off from the store, when so many more messages have been sent, whichever copy is in office then; its
    /// commands go on to arrive, late.
    void strandLeaderAfter(long moreMessages, Office office, Duration time) {
        due.put(messages + moreMessages, () -> control.service(office)
                .copyInOffice()
                .flatMap(SimulatedCopy::served)
                .ifPresent(leader -> {
                    faultBegins();
                    network.strand(leader.process(), LATE);
                    later(time, () -> {
                        network.rescue(leader.process());
                        faultEnds();
                    });
                }));
    }

    /// Has one commit fail when so many more messages have been sent: the next of whichever copy is in office then.
    void failCommitAfter(long moreMessages, Office office, SimulatedNetwork.CommitFailure failure) {
        due.put(messages + moreMessages, () -> {
            faultBegins();
            control.service(office)
                    .copyInOffice()
                    .flatMap(SimulatedCopy::served)
                    .ifPresent(leader -> network.failNextCommit(leader.process(), failure));
            later(Duration.ofSeconds(20), this::faultEnds);
        });
    }

    /// Changes the weather when so many more messages have been sent; after a while it is fair again.
    void weatherAfter(long moreMessages, Weather weather, Duration time) {
        due.put(messages + moreMessages, () -> {
            faultBegins();
            network.weather(weather);
            later(time, () -> {
                network.weather(Weather.FAIR);
                faultEnds();
            });
        });
    }

    /// Has this copy of a service take in what it is told up to this late, for a while.
    void readsLate(Victim copy, Duration late, Duration time) {
        faultBegins();
        network.readsLate(copy.name(), late);
        later(time, () -> {
            network.readsInTime(copy.name());
            faultEnds();
        });
    }

    private void later(Duration time, Runnable action) {
        SeededAmbient operator = scheduler.process("operator");
        operator.start("after " + time, () -> {
            try {
                operator.sleep(time);
            } catch (InterruptedException never) {
                throw new IllegalStateException(never);
            }
            action.run();
        });
    }

    /// Every machine there is, for a split to choose from.
    List<String> machines() {
        var all = new ArrayList<String>(List.of("store", user.machine()));
        for (Victim victim : everybody()) all.add(victim.name());
        return all;
    }

    SimulatedNode node(NodeId id) {
        return nodes.stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + id));
    }

    List<SimulatedNode> nodes() {
        return List.copyOf(nodes);
    }

    /// What the store holds, looked at beside the network.
    List<KeyValue> stored() {
        return network.store().dump();
    }

    /// The volumes that are promised.
    List<VolumeSpec> specs() {
        return stored().stream()
                .filter(entry -> entry.key().startsWith(Layout.DEFAULT.volumes()))
                .map(entry -> JsonDocument.VOLUME.decode(entry.value()))
                .toList();
    }

    Volumes volumes() {
        return control.volumes(user);
    }

    Pools pools() {
        return control.pools(user);
    }

    /// The seed's chance: for a test's own choices.
    Random random() {
        return scheduler.random();
    }

    /// A host's new connection to a published volume; to be called on the user's threads.
    BlockDevice open(String deviceUri) throws IOException {
        return NvmePort.opener("nqn.host", tcp.of(user), user).open(deviceUri);
    }

    /// Does what a user does: asks again while the answer is that somebody is away or busy, or no answer comes. A
    /// refusal that nothing explains is no reason to wait: it fails the test.
    <T extends @Nullable Object> T persistently(Callable<T> request) throws Exception {
        return persistently(_ -> false, request);
    }

    /// @param expected which other refusals the situation explains, and that pass with time
    <T extends @Nullable Object> T persistently(Predicate<Refusal> expected, Callable<T> request) throws Exception {
        return asUser(() -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return request.call();
                } catch (RefusalException refused) {
                    Refusal refusal = refused.refusal();
                    if (attempt > 100 || !explained(refusal) && !expected.test(refusal)) throw refused;
                    user.sleep(Duration.ofSeconds(1));
                }
            }
        });
    }

    /// Reads or writes as a host's kernel does: an error is tried again for minutes.
    <T extends @Nullable Object> T stubbornly(Callable<T> io) throws Exception {
        return asUser(() -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return io.call();
                } catch (IOException failed) {
                    if (attempt > 180) throw failed;
                    user.sleep(Duration.ofSeconds(1));
                }
            }
        });
    }

    /// Several users at once; returns what each got, once all have.
    <T extends @Nullable Object> List<T> together(List<Callable<T>> users) throws Exception {
        List<FutureTask<T>> tasks = users.stream().map(FutureTask::new).toList();
        tasks.forEach(task -> user.start("a user", task));
        await("the end of what all users do", () -> tasks.stream().allMatch(FutureTask::isDone));
        var answers = new ArrayList<T>();
        for (FutureTask<T> task : tasks) {
            try {
                answers.add(task.get());
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof Exception cause) throw cause;
                throw failed;
            }
        }
        return answers;
    }

    private <T extends @Nullable Object> T asUser(Callable<T> work) throws Exception {
        return scheduler.isCarrier() ? scheduler.call(user, work) : work.call();
    }

    /// What a cluster may say at any time: others are at work on the same thing. Everything else needs a fault.
    private boolean explained(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Conflict _, Refusal.Deleting _ -> true;
            // While a node is being noticed as lost or back, there may be too few.
            case Refusal.OutOfCapacity _, Refusal.FailedPrecondition _ -> troubled();
            case Refusal _ -> refusal.passing() && troubled();
        };
    }

    /// By loop and id.
    Map<String, Map<String, String>> blocked() {
        return control.blocked();
    }

    void await(String what, BooleanSupplier holds) {
        scheduler.runUntil(what, holds, Duration.ofMinutes(10));
    }

    void settle(Duration time) throws InterruptedException {
        user.sleep(time);
    }

    /// Bytes of a fresh pool that can be given to replicas: they must all be free again in the end.
    static Bytes volumeSize() {
        return Bytes.mib(12);
    }
}
