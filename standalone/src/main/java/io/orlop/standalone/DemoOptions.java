package io.orlop.standalone;

import io.orlop.model.Bytes;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreLogin;
import io.orlop.wire.store.StoreTls;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `./orlop demo` was asked for; `./orlop --help` explains each.
///
/// @param nvmePort of the first node; the others take the ports after it, and 0 gives each a free one
/// @param advertise where hosts reach the nodes' NVMe/TCP, which listens there
/// @param listen where REST and the store listen; everything else is for this process alone
/// @param history how many revisions the embedded store keeps
/// @param store a real etcd; null for the embedded store
record DemoOptions(
        int nodes,
        int poolsPerNode,
        Bytes poolSize,
        Path directory,
        int restPort,
        int storePort,
        int nvmePort,
        String advertise,
        String listen,
        Path csiSocket,
        int history,
        @Nullable StoreAccess store) {

    private static final Set<String> NAMES = Set.of(
            "--nodes",
            "--pools",
            "--pool-size",
            "--dir",
            "--rest-port",
            "--store-port",
            "--nvme-port",
            "--advertise",
            "--listen",
            "--csi-socket",
            "--history",
            "--store",
            "--orlop.store.tls.ca",
            "--orlop.store.tls.certificate",
            "--orlop.store.tls.key",
            "--orlop.store.user",
            "--orlop.store.password-file");
    private static final Bytes POOL_LEAST = Bytes.mib(64);

    /// @throws IllegalArgumentException with a text for the user
    static DemoOptions parse(List<String> arguments) {
        Given given = Given.of(arguments, NAMES);
        Path directory = given.path("--dir", Path.of("demo"));
        return new DemoOptions(
                given.number("--nodes", 3, 1, 64),
                given.number("--pools", 1, 1, 16),
                given.size("--pool-size", Bytes.gib(1), POOL_LEAST),
                directory,
                given.number("--rest-port", 8081, 0, 65535),
                given.number("--store-port", 2379, 0, 65535),
                given.number("--nvme-port", 8420, 0, 65535),
                given.text("--advertise", "127.0.0.1"),
                given.text("--listen", "127.0.0.1"),
                given.path("--csi-socket", directory.resolve("csi.sock")),
                given.number("--history", 1_000_000, 1, Integer.MAX_VALUE),
                store(given));
    }

    /// What proves who we are to it has the names that it has for services.
    private static @Nullable StoreAccess store(Given given) {
        var tls = new StoreTls(
                given.path("--orlop.store.tls.ca"),
                given.path("--orlop.store.tls.certificate"),
                given.path("--orlop.store.tls.key"));
        var login = new StoreLogin(given.text("--orlop.store.user"), null, given.path("--orlop.store.password-file"));
        String endpoints = given.text("--store");
        if (endpoints != null) return new StoreAccess(List.of(endpoints.split(",", -1)), tls, login);
        if (tls.equals(StoreTls.NONE) && login.equals(StoreLogin.NONE)) return null;
        throw Given.wrong(
                "certificates or a user for a store are given and no --store, and the embedded one asks nobody");
    }

    boolean embedsStore() {
        return store == null;
    }

    boolean listensEverywhere() {
        return List.of("0.0.0.0", "::", "[::]").contains(listen);
    }

    /// Where this machine itself reaches what listens, as it stands in a URL.
    String reach() {
        if (listensEverywhere()) return "127.0.0.1";
        return listen.contains(":") && !listen.startsWith("[") ? "[" + listen + "]" : listen;
    }
}
