package io.orlop.dataplane.agent;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.NexusInfo;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Writes to etcd, or to a store that speaks its protocol. A key's modification revision says which write it was.
public final class EtcdNexusInfoStore implements NexusInfoStore, AutoCloseable {
    /// How long a call may take at most.
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
    public Kept read(String key, Duration atMost) throws IOException {
        return kept(key, answer(key, atMost, kv -> kv.get(bytes(key))).getKvs());
    }

    @Override
    public Kept replace(String key, long revision, NexusInfo info, Duration atMost) throws IOException {
        ByteSequence name = bytes(key);
        var unchanged = new Cmp(name, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
        Op put = Op.put(name, ByteSequence.from(JsonDocument.NEXUS_INFO.encode(info)), PutOption.DEFAULT);
        Op get = Op.get(name, GetOption.DEFAULT);
        TxnResponse answer = answer(
                key, atMost, kv -> kv.txn().If(unchanged).Then(put).Else(get).commit());
        return answer.isSucceeded()
                ? new Kept(info, answer.getHeader().getRevision())
                : kept(key, answer.getGetResponses().getFirst().getKvs());
    }

    /// A call that is given up is called off as well: what was not sent yet need not come late.
    private <T> T answer(String key, Duration atMost, Function<KV, CompletableFuture<T>> call) throws IOException {
        client.renew();
        Duration patience = atMost.compareTo(PATIENCE) < 0 ? atMost : PATIENCE;
        CompletableFuture<T> answer = call.apply(client.current().getKVClient());
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the store for " + key, e);
        } catch (ExecutionException e) {
            throw new IOException("the store did not take %s: %s".formatted(key, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("the store did not answer within %s".formatted(patience), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static Kept kept(String key, List<KeyValue> found) throws IOException {
        if (found.isEmpty()) return Kept.NOTHING;
        KeyValue value = found.getFirst();
        try {
            return new Kept(JsonDocument.NEXUS_INFO.decode(value.getValue().getBytes()), value.getModRevision());
        } catch (IllegalArgumentException damaged) {
            throw new IOException("%s is no record of a nexus: %s".formatted(key, damaged.getMessage()), damaged);
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
