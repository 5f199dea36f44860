package io.orlop.wire.rpc;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// The copies of one service, by address: a line is made when somebody goes there first, and kept. In Kubernetes each
/// copy that starts has a new address, so only the few that were used last stay.
final class Copies<T> implements Function<String, T> {
    private static final int KEPT = 8;

    private final Class<T> contract;
    private final String name;
    private final Function<String, ManagedChannel> dial;
    private final CallPolicy.Registries registries;
    private final Duration deadline;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Line<T>> lines = new LinkedHashMap<>(16, 0.75f, true);

    private record Line<T>(ManagedChannel channel, T client) {}

    Copies(
            Class<T> contract,
            String name,
            Function<String, ManagedChannel> dial,
            CallPolicy.Registries registries,
            Duration deadline) {
        this.contract = contract;
        this.name = name;
        this.dial = dial;
        this.registries = registries;
        this.deadline = deadline;
    }

    @Override
    public T apply(String address) {
        lock.lock();
        try {
            Line<T> line = lines.computeIfAbsent(address, this::dialled);
            if (lines.size() > KEPT) forgetEldest();
            return line.client();
        } finally {
            lock.unlock();
        }
    }

    private Line<T> dialled(String address) {
        ManagedChannel channel = dial.apply(address);
        T client =
                RpcClient.of(contract, new EagerChannel(channel), CallPolicy.to(peer(address), registries), deadline);
        return new Line<>(channel, client);
    }

    /// Calls under way there end by themselves.
    private void forgetEldest() {
        var eldest = lines.entrySet().iterator();
        Map.Entry<String, Line<T>> line = eldest.next();
        eldest.remove();
        line.getValue().channel().shutdown();
        registries.forget(peer(line.getKey()));
    }

    private String peer(String address) {
        return name + "@" + address;
    }
}
