package io.orlop.standalone;

import io.orlop.wire.store.StoreAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks before anything is started whether what the demo needs from outside is there, so that what is not is one clear
/// line and nothing half started.
final class StartChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private StartChecks() {}

    static void check(DemoOptions options) {
        isOurs(options.listen());
        isFree("--rest-port", options.listen(), options.restPort());
        StoreAccess store = options.store();
        if (store == null) isFree("--store-port", options.listen(), options.storePort());
        else oneAnswers(store.endpoints());
        for (int node = 0; node < options.nodes(); node++) {
            isFree("--nvme-port", null, options.nvmePort() == 0 ? 0 : options.nvmePort() + node);
        }
        isAnAddress(options.advertise());
    }

    /// That of another machine is taken by nobody here, and still cannot be listened at.
    private static void isOurs(String listen) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(listen), 0));
        } catch (IOException foreign) {
            throw new StartRefused("this machine has no address '%s': give --listen one of its own, or 0.0.0.0 for all"
                    .formatted(listen));
        }
    }

    /// @param address where to listen; nowhere in particular for `null`
    private static void isFree(String option, @Nullable String address, int port) {
        if (port == 0) return;
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            InetAddress at = address == null ? null : InetAddress.getByName(address);
            socket.bind(new InetSocketAddress(at, port));
        } catch (IOException | IllegalArgumentException taken) {
            throw new StartRefused(
                    "port %d is taken: stop what listens there, or give another %s".formatted(port, option));
        }
    }

    private static void isAnAddress(String advertise) {
        try {
            InetAddress.getByName(advertise);
        } catch (UnknownHostException unknown) {
            throw new StartRefused(
                    "nobody knows an address of '%s': give --advertise one under which hosts reach this machine"
                            .formatted(advertise));
        }
    }

    private static void oneAnswers(List<String> endpoints) {
        if (endpoints.stream().noneMatch(StartChecks::answers)) {
            throw new StartRefused("nothing answers at %s: start the store, or correct --store"
                    .formatted(String.join(", ", endpoints)));
        }
    }

    private static boolean answers(String endpoint) {
        try (var socket = new Socket()) {
            URI uri = URI.create(endpoint);
            if (uri.getHost() == null || uri.getPort() < 0) {
                throw new StartRefused(
                        "--store is '%s': give URLs such as http://10.0.0.1:2379, a comma between several"
                                .formatted(endpoint));
            }
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), (int) PATIENCE.toMillis());
            return true;
        } catch (IOException away) {
            return false;
        } catch (IllegalArgumentException malformed) {
            throw new StartRefused("--store is '%s', which is no URL".formatted(endpoint));
        }
    }
}
