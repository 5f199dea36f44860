package io.orlop.benchmarks.control;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.Transaction;
import io.orlop.wire.json.JsonDocument;

/// Writes a population into the store as if it had been created there, in transactions of many keys.
final class StoreFill {
    private static final int KEYS_PER_TRANSACTION = 100;

    private final Keyspace keyspace;
    private Transaction.Builder transaction = Transaction.of();
    private int keys;

    private StoreFill(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    static void fill(Keyspace keyspace, Population population) {
        var fill = new StoreFill(keyspace);
        Layout layout = Layout.DEFAULT;
        for (int n = 0; n < population.nodes(); n++) {
            fill.put(layout.pools() + Population.pool(n), JsonDocument.POOL.encode(population.poolSpec(n)));
        }
        for (int v = 0; v < population.volumes(); v++) {
            fill.put(layout.volumes() + Population.volume(v), JsonDocument.VOLUME.encode(population.volumeSpec(v)));
            for (int copy = 0; copy < population.copies(); copy++) {
                fill.put(
                        layout.replicas() + Population.replica(v, copy),
                        JsonDocument.REPLICA.encode(population.replicaSpec(v, copy)));
            }
        }
        fill.flush();
    }

    private void put(String key, byte[] value) {
        transaction.put(key, value);
        if (++keys == KEYS_PER_TRANSACTION) flush();
    }

    private void flush() {
        if (keys == 0) return;
        if (!(keyspace.commit(transaction.build()) instanceof Commit.Committed)) {
            throw new IllegalStateException("the store did not take what it is to be filled with");
        }
        transaction = Transaction.of();
        keys = 0;
    }
}
