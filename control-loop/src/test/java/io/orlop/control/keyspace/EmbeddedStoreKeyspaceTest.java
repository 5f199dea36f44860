package io.orlop.control.keyspace;

import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Against our own store.
class EmbeddedStoreKeyspaceTest extends KeyspaceContract {
    private @Nullable MvccStore store;
    private @Nullable EtcdServer server;
    private @Nullable EtcdWorld world;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(
                store, EtcdOptions.listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        world = new EtcdWorld("http://127.0.0.1:" + server.port());
    }

    @Override
    World world() {
        if (world == null) throw new IllegalStateException("not started");
        return world;
    }

    @AfterAll
    void stop() throws Exception {
        if (world != null) world.close();
        if (server != null) server.close();
        if (store != null) store.close();
    }
}
