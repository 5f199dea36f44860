package io.orlop.control.keyspace;

import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.ambient.Ambient;
import org.junit.jupiter.api.AfterAll;

class LocalKeyspaceTest extends KeyspaceContract {
    private final LocalStore store = new LocalStore(Ambient.system());
    private final LocalKeyspace client = new LocalKeyspace(store, Ambient.system());

    private final World world = new World() {
        @Override
        public Keyspace client() {
            return client;
        }

        @Override
        public void cut() {
            client.disconnect();
        }

        @Override
        public void mend() {
            client.reconnect();
        }

        @Override
        public void compact(long revision) {
            store.compact(revision);
        }

        @Override
        public void close() {
            client.close();
            store.close();
        }
    };

    @Override
    World world() {
        return world;
    }

    @AfterAll
    void close() {
        world.close();
    }
}
