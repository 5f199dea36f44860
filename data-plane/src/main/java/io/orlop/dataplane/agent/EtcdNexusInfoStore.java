package io.orlop.dataplane.agent;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NexusInfo;
import io.orlop.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Writes to etcd, or to a store that speaks its protocol.
public final class EtcdNexusInfoStore implements NexusInfoStore, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Client client;

    private EtcdNexusInfoStore(Client client) {
        this.client = client;
    }

    /// Connects when something is to be saved.
    ///
    /// @param endpoints URLs, separated by commas
    public static EtcdNexusInfoStore at(String endpoints) {
        return new EtcdNexusInfoStore(
                Client.builder().endpoints(endpoints.split(",")).build());
    }

    @Override
    public void save(String key, NexusInfo info) throws IOException {
        try {
            client.getKVClient()
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
