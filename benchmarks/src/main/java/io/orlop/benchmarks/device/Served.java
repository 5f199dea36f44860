package io.orlop.benchmarks.device;

import io.orlop.benchmarks.process.Child;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A device of one or two agents.
///
/// @param uri where its hosts reach it
/// @param agents the processes that share its work
/// @param controllers the admin queues' connections, which stay for as long as the device does
record Served(String name, URI uri, List<Child> agents, List<Wire> controllers, ByteBuffer noise) implements Contender {
    Served(String name, String uri, List<Child> agents, ByteBuffer noise) {
        this(name, URI.create(uri), agents, new ArrayList<>(), noise);
    }

    @Override
    public Wire[] connect(int queues) throws IOException {
        Wire[] all = NvmeWire.connect(
                new InetSocketAddress(uri.getHost(), uri.getPort()),
                uri.getPath().substring(1),
                queues,
                noise);
        controllers.add(all[0]);
        return Arrays.copyOfRange(all, 1, all.length);
    }

    @Override
    public double cpuSeconds() throws IOException {
        double seconds = 0;
        for (Child agent : agents) seconds += agent.cpuSeconds();
        return seconds;
    }

    @Override
    public void close() throws IOException {
        for (Wire controller : controllers) controller.close();
    }
}
