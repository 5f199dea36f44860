package io.orlop.control.keyspace;

import io.orlop.etcd.RealEtcd;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Against a real etcd.
class EtcdKeyspaceTest extends KeyspaceContract {
    private @Nullable RealEtcd etcd;
    private @Nullable EtcdWorld world;

    @BeforeAll
    void start() throws Exception {
        etcd = RealEtcd.start();
        world = new EtcdWorld(etcd.endpoint());
    }

    @Override
    World world() {
        if (world == null) throw new IllegalStateException("not started");
        return world;
    }

    @AfterAll
    void stop() throws Exception {
        if (world != null) world.close();
        if (etcd != null) etcd.close();
    }
}
