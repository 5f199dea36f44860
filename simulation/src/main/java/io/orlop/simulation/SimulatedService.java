package io.orlop.simulation;

import io.orlop.control.owner.Owner;
import io.orlop.wire.rpc.FollowingLeader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// One of the control plane's services in several copies, of which one leads. Whoever calls it finds that copy as over
/// a real network: by asking any of them.
///
/// ```
///   volumes-a  leads ◄───── the leader's address, in NotLeader ─── volumes-b  follows
///        ▲                                                             ▲
///        └── a caller that has found it            a caller at the door ┘
/// ```
final class SimulatedService<T> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final Function<T, Owner> owner;
    private final List<SimulatedCopy<T>> copies;

    /// @param root the service's composition root
    /// @param owner of a service that was built
    SimulatedService(
            String name,
            int copies,
            SeededScheduler scheduler,
            SimulatedNetwork network,
            Function<SeededAmbient, T> root,
            Function<T, Owner> owner) {
        this.name = name;
        this.scheduler = scheduler;
        this.network = network;
        this.owner = owner;
        this.copies = Stream.iterate(0, n -> n < copies, n -> n + 1)
                .map(n -> new SimulatedCopy<>(name + "-" + (char) ('a' + n), scheduler, network, root))
                .toList();
    }

    String name() {
        return name;
    }

    List<SimulatedCopy<T>> copies() {
        return copies;
    }

    /// The service in office, looked at beside the network; nothing while nobody is.
    Optional<T> inOffice() {
        return copyInOffice().flatMap(SimulatedCopy::served).map(SimulatedNetwork.Served::service);
    }

    Optional<SimulatedCopy<T>> copyInOffice() {
        return copies.stream().filter(this::isInOffice).findFirst();
    }

    /// What the loops of the copy in office wait for.
    Map<String, Map<String, String>> blocked() {
        return inOffice().map(service -> owner.apply(service).blocked()).orElse(Map.of());
    }

    long countInOffice() {
        return copies.stream().filter(this::isInOffice).count();
    }

    private boolean isInOffice(SimulatedCopy<T> copy) {
        return copy.served()
                .filter(served -> owner.apply(served.service()).isInOffice())
                .isPresent();
    }

    /// As a process reaches it.
    <C> C link(Class<C> contract, SeededAmbient caller) {
        C door = network.link(contract, caller, () -> behindTheDoor(contract, anyCopy()));
        return FollowingLeader.of(
                contract,
                caller,
                door,
                address -> network.link(contract, caller, () -> behindTheDoor(contract, copyAt(address))),
                PATIENCE);
    }

    private Optional<SimulatedNetwork.Served<T>> anyCopy() {
        List<SimulatedCopy<T>> running =
                copies.stream().filter(copy -> copy.served().isPresent()).toList();
        return running.isEmpty()
                ? Optional.empty()
                : running.get(scheduler.random().nextInt(running.size())).served();
    }

    private Optional<SimulatedNetwork.Served<T>> copyAt(String address) {
        return copies.stream()
                .flatMap(copy -> copy.served().stream())
                .filter(served -> served.process().toString().equals(address))
                .findFirst();
    }

    private <C> Optional<SimulatedNetwork.Served<C>> behindTheDoor(
            Class<C> contract, Optional<SimulatedNetwork.Served<T>> copy) {
        return copy.map(now -> new SimulatedNetwork.Served<>(
                now.process(), owner.apply(now.service()).door(contract, contract.cast(now.service()))));
    }
}
