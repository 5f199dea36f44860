package io.orlop.dataplane.agent;

import io.etcd.jetcd.ByteSequence;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NexusInfo;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.json.Json;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Writes to etcd, or to a store that speaks its protocol.
public final class EtcdNexusInfoStore implements NexusInfoStore, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StoreClient client;

    private EtcdNexusInfoStore(StoreClient client) {
        this.client = client;
    }

    /// Connects when something is to be saved.
    ///
    /// @param endpoints URLs, separated by commas
    public static EtcdNexusInfoStore at(String endpoints) {
        return to(StoreAccess.open(endpoints.split(",")), Ambient.system());
    }

    /// The same for a store that is not open to everybody.
    public static EtcdNexusInfoStore to(StoreAccess access, Ambient ambient) {
        return new EtcdNexusInfoStore(StoreClient.open(ambient, access, PATIENCE, builder -> builder));
    }

    @Override
    public void save(String key, NexusInfo info) throws IOException {
        try {
            client.renew();
            client.current()
                    .getKVClient()
                    .put(bytes(key), bytes(Json.mapper().writeValueAsString(info)))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing " + key, e);
        } catch (ExecutionException e) {
            throw new IOException("the store did not take %s: %s".formatted(key, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("the store did not answer within %s".formatted(PATIENCE), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
