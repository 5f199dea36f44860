package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.orlop.dataplane.nexus.NexusInfoStore.Kept;
import io.orlop.model.NexusInfo;
import io.orlop.model.ReplicaId;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EtcdNexusInfoStoreTest {
    private static final String KEY = "/volume/1/nexus/2/info";
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final ReplicaId A = new ReplicaId(new UUID(1, 1));
    private static final ReplicaId B = new ReplicaId(new UUID(1, 2));

    @TempDir
    Path folder;

    private MvccStore store;
    private EtcdServer server;
    private EtcdNexusInfoStore infos;

    @BeforeEach
    void start() throws Exception {
        store = MvccStore.open(folder, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        infos = EtcdNexusInfoStore.at(endpoint());
    }

    @AfterEach
    void stop() throws Exception {
        infos.close();
        server.close();
        store.close();
    }

    @Test
    void aWriteThatComesLateDoesNothing() throws IOException {
        Kept rebuilding = infos.replace(KEY, 0, info(true, false, 2), LONG);
        // "B is whole" was under way for so long that its nexus took it for lost, and went on.
        Kept faulted = infos.replace(KEY, rebuilding.revision(), info(true, false, 4), LONG);
        Kept late = infos.replace(KEY, rebuilding.revision(), info(true, true, 3), LONG);

        assertThat(late).isEqualTo(faulted);
        assertThat(infos.read(KEY, LONG)).isEqualTo(faulted);
        assertThat(faulted.info()).isEqualTo(info(true, false, 4));
    }

    @Test
    void aFirstWriteTakesTheRoomOfNothingOnly() throws IOException {
        assertThat(infos.read(KEY, LONG)).isEqualTo(Kept.NOTHING);
        Kept first = infos.replace(KEY, 0, info(true, true, 1), LONG);
        assertThat(infos.replace(KEY, 0, info(true, false, 1), LONG)).isEqualTo(first);
        infos.save(KEY, info(false, true, 9));
        assertThat(infos.read(KEY, LONG).info()).isEqualTo(info(false, true, 9));
    }

    @Test
    void readsWhatMayastorWrites() throws Exception {
        put("{\"clean_shutdown\":true,\"children\":[{\"uuid\":\"%s\",\"healthy\":true}]}".formatted(A));
        Kept kept = infos.read(KEY, LONG);
        assertThat(kept.info()).isEqualTo(new NexusInfo(true, List.of(new NexusInfo.Child(A, true))));
        NexusInfo found = kept.info();
        if (found == null) throw new AssertionError();
        assertThat(found.latestEpoch()).isZero();
        assertThat(infos.replace(KEY, kept.revision(), info(true, true, 1), LONG)
                        .info())
                .isEqualTo(info(true, true, 1));
    }

    @Test
    void saysWhatIsNoRecord() throws Exception {
        put("null and void");
        assertThatThrownBy(() -> infos.read(KEY, LONG)).hasMessageContaining(KEY + " is no record");
    }

    @Test
    void nobodyKnowsWhatBecameOfAWriteThatTheStoreDidNotAnswer() {
        server.close();
        assertThatThrownBy(() -> infos.replace(KEY, 0, info(true, true, 1), Duration.ofMillis(200)))
                .isInstanceOf(IOException.class);
    }

    private void put(String text) throws Exception {
        try (Client client = Client.builder().endpoints(endpoint()).build()) {
            client.getKVClient().put(bytes(KEY), bytes(text)).get();
        }
    }

    private String endpoint() {
        return "http://127.0.0.1:" + server.port();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static NexusInfo info(boolean a, boolean b, long epoch) {
        return new NexusInfo(
                false, List.of(new NexusInfo.Child(A, a, 1L), new NexusInfo.Child(B, b, epoch)), new UUID(3, 3));
    }
}
