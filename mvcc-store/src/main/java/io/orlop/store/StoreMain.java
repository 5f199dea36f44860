package io.orlop.store;

import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Runs a store until it is told to stop. Takes the flags of etcd that mean something here.
public final class StoreMain {
    private StoreMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            run(StoreFlags.parse(arguments));
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("store: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(StoreFlags flags) throws IOException, InterruptedException {
        StoreOptions options = StoreOptions.defaults().txnOperationsMax(flags.txnOperationsMax());
        EtcdOptions door = EtcdOptions.listening(flags.listen())
                .requestBytesMax(flags.requestBytesMax())
                .memberName(flags.name())
                .advertisedUrls(flags.advertisedUrls());
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
