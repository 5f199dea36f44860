package io.orlop.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Looks before anything is started whether the ports it needs are free, so that a taken one is one clear line and
/// nothing half started.
final class FreePorts {
    private FreePorts() {}

    static void check(DemoOptions options) {
        check("--rest-port", options.restPort());
        if (options.embedsStore()) check("--store-port", options.storePort());
        for (int node = 0; node < options.nodes(); node++) {
            check("--nvme-port", options.nvmePort() == 0 ? 0 : options.nvmePort() + node);
        }
    }

    private static void check(String option, int port) {
        if (port == 0) return;
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress((InetAddress) null, port));
        } catch (IOException | IllegalArgumentException taken) {
            throw new StartRefused(
                    "port %d is taken: stop what listens there, or give another %s".formatted(port, option));
        }
    }
}
