package io.orlop.store;

import io.orlop.store.command.StoreCommands;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Runs a store until it is told to stop. Takes the flags of etcd, see [StoreFlag].
public final class StoreMain {
    private StoreMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--version") || List.of(arguments).contains("-version")) {
            System.out.println(version());
            return;
        }
        try {
            if (StoreCommands.knows(arguments)) System.exit(new StoreCommands(System.out).run(arguments));
            run(StoreFlags.parse(System.getenv(), arguments));
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("store: " + e.getMessage());
            System.exit(1);
        }
    }

    /// In etcd's form, which scripts read.
    private static String version() {
        return """
                etcd Version: %s
                Git SHA: Orlop
                Go Version: none; Java %s
                Go OS/Arch: %s/%s"""
                .formatted(
                        EtcdServer.VERSION,
                        Runtime.version().feature(),
                        System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT),
                        System.getProperty("os.arch"));
    }

    private static StoreOptions engine(StoreFlags flags) {
        // etcd's shortest lease is one and a half election timeouts, in whole seconds.
        long leaseSecondsMin = Math.ceilDiv(3 * flags.size(StoreFlag.ELECTION_TIMEOUT), 2000);
        return StoreOptions.defaults()
                .txnOperationsMax(flags.size(StoreFlag.MAX_TXN_OPS))
                .leaseSecondsMin(leaseSecondsMin)
                .progressInterval(flags.duration(StoreFlag.WATCH_PROGRESS_NOTIFY_INTERVAL));
    }

    private static EtcdOptions door(StoreFlags flags) {
        InetSocketAddress[] listen = flags.urls(StoreFlag.LISTEN_CLIENT_URLS).stream()
                .map(StoreFlags::address)
                .toArray(InetSocketAddress[]::new);
        return EtcdOptions.listening(listen)
                .requestBytesMax(flags.size(StoreFlag.MAX_REQUEST_BYTES))
                .member(flags.text(StoreFlag.NAME), flags.peerUrls(), flags.text(StoreFlag.INITIAL_CLUSTER_TOKEN))
                .advertisedUrls(flags.list(StoreFlag.ADVERTISE_CLIENT_URLS));
    }

    private static void run(StoreFlags flags) throws IOException, InterruptedException {
        for (String warning : flags.warnings()) System.err.println("store: " + warning);
        EtcdOptions door = door(flags);
        StoreOptions options = engine(flags);
        CountDownLatch stopped = new CountDownLatch(1);
        MvccStore store = MvccStore.open(flags.dataDirectory(), options);
        try (store;
                EtcdServer server = EtcdServer.start(store, door)) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stopped, main)));
            System.out.println("ready to serve client requests on port " + server.port() + ", data in "
                    + flags.dataDirectory() + ", revision " + store.revision());
            stopped.await();
        }
    }

    /// The virtual machine ends when its shutdown hooks do: wait for the store to be closed.
    private static void stop(CountDownLatch stopped, Thread main) {
        stopped.countDown();
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
