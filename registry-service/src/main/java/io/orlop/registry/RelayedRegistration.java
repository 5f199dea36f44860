package io.orlop.registry;

import io.grpc.ManagedChannel;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.ioengine.GrpcRegistration;
import io.orlop.wire.rpc.EagerChannel;
import io.orlop.wire.service.Registration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Registration at any copy. A node knows one address for all of them, and an engine that is not ours cannot follow a
/// leader. So a copy that does not lead passes on what it is told, once: whoever gets it answers for himself.
///
/// ```
///   agent ──► any copy ──► its own door: an answer
///                │   NotLeader(where)  ──► where: an answer, or NotLeader again
///                ╰── NotLeader(nobody) ──► that is the answer; the agent comes again
/// ```
final class RelayedRegistration implements Registration, AutoCloseable {
    private final Registration here;
    private final Function<String, ManagedChannel> dial;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Line line;

    /// The way to the leader. There is one leader, so one is kept.
    private record Line(String address, ManagedChannel channel, Registration leader) {}

    /// @param here our own door
    /// @param dial makes the channel to the copy at an address, without connecting; it is ours from then on
    RelayedRegistration(Registration here, Function<String, ManagedChannel> dial) {
        this.here = here;
        this.dial = dial;
    }

    @Override
    public void register(NodeRegistration node) {
        ask(registration -> registration.register(node));
    }

    @Override
    public boolean stillHere(NodeRegistration node) {
        return here.stillHere(node);
    }

    @Override
    public void deregister(NodeId node) {
        ask(registration -> registration.deregister(node));
    }

    private void ask(Consumer<Registration> question) {
        try {
            question.accept(here);
        } catch (RefusalException refused) {
            String leader = refused.refusal() instanceof Refusal.NotLeader told ? told.leader() : null;
            if (leader == null) throw refused;
            question.accept(at(leader));
        }
    }

    private Registration at(String address) {
        lock.lock();
        try {
            Line known = line;
            if (known != null && known.address().equals(address)) return known.leader();
            hangUp();
            ManagedChannel channel = dial.apply(address);
            var next = new Line(address, channel, GrpcRegistration.passingOn(new EagerChannel(channel)));
            line = next;
            return next.leader();
        } finally {
            lock.unlock();
        }
    }

    /// Calls under way end by themselves.
    private void hangUp() {
        if (line != null) line.channel().shutdown();
        line = null;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            hangUp();
        } finally {
            lock.unlock();
        }
    }
}
