package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client that Orlop's own services use, over a real port.
class JetcdTest {
    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults().leaseSecondsMin(1));
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        client = Client.builder().endpoints("http://127.0.0.1:" + server.port()).build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        store.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Test
    void putsGetsAndDeletes() throws Exception {
        var kv = client.getKVClient();
        var put = kv.put(bytes("a"), bytes("1")).get();
        assertThat(put.getHeader().getRevision()).isEqualTo(2);
        kv.put(bytes("b"), bytes("2")).get();

        var got = kv.get(bytes("a"), GetOption.builder().isPrefix(true).build()).get();
        assertThat(got.getCount()).isEqualTo(1);
        assertThat(got.getKvs().getFirst().getValue()).isEqualTo(bytes("1"));

        var deleted = kv.delete(
                        bytes("a"), DeleteOption.builder().withPrevKV(true).build())
                .get();
        assertThat(deleted.getPrevKvs()).hasSize(1);
        var past =
                kv.get(bytes("a"), GetOption.builder().withRevision(3).build()).get();
        assertThat(past.getKvs()).hasSize(1);
    }

    @Test
    void comparesAndSwaps() throws Exception {
        var kv = client.getKVClient();
        var created = kv.txn()
                .If(new Cmp(bytes("k"), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(bytes("k"), bytes("v"), PutOption.DEFAULT))
                .commit()
                .get();
        assertThat(created.isSucceeded()).isTrue();
        var again = kv.txn()
                .If(new Cmp(bytes("k"), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(bytes("k"), bytes("w"), PutOption.DEFAULT))
                .Else(Op.get(bytes("k"), GetOption.DEFAULT))
                .commit()
                .get();
        assertThat(again.isSucceeded()).isFalse();
        assertThat(again.getGetResponses().getFirst().getKvs().getFirst().getValue())
                .isEqualTo(bytes("v"));
    }

    @Test
    void watchesFromThePastIntoThePresent() throws Exception {
        var kv = client.getKVClient();
        kv.put(bytes("p/1"), bytes("old")).get();
        var events = new LinkedBlockingQueue<WatchEvent>();
        var option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(2)
                .withPrevKV(true)
                .build();
        try (var _ =
                client.getWatchClient().watch(bytes("p/"), option, response -> events.addAll(response.getEvents()))) {
            assertThat(events.take().getKeyValue().getValue()).isEqualTo(bytes("old"));
            kv.put(bytes("p/1"), bytes("new")).get();
            kv.delete(bytes("p/1")).get();
            WatchEvent changed = events.take();
            assertThat(changed.getKeyValue().getValue()).isEqualTo(bytes("new"));
            assertThat(changed.getPrevKV().getValue()).isEqualTo(bytes("old"));
            WatchEvent deleted = events.take();
            assertThat(deleted.getEventType()).isEqualTo(WatchEvent.EventType.DELETE);
            assertThat(deleted.getPrevKV().getValue()).isEqualTo(bytes("new"));
        }
    }

    @Test
    void leaseExpiresAndTakesItsKeysInOneRevision() throws Exception {
        var kv = client.getKVClient();
        var lease = client.getLeaseClient().grant(1).get();
        PutOption under = PutOption.builder().withLeaseId(lease.getID()).build();
        kv.put(bytes("l/b"), bytes("2"), under).get();
        kv.put(bytes("l/a"), bytes("1"), under).get();
        var events = new LinkedBlockingQueue<WatchEvent>();
        var option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(store.revision() + 1)
                .build();
        try (var _ =
                client.getWatchClient().watch(bytes("l/"), option, response -> events.addAll(response.getEvents()))) {
            WatchEvent first = events.take();
            WatchEvent second = events.take();
            assertThat(first.getKeyValue().getKey()).isEqualTo(bytes("l/a"));
            assertThat(second.getKeyValue().getKey()).isEqualTo(bytes("l/b"));
            assertThat(first.getKeyValue().getModRevision())
                    .isEqualTo(second.getKeyValue().getModRevision());
        }
        var ttl = client.getLeaseClient()
                .timeToLive(lease.getID(), LeaseOption.DEFAULT)
                .get();
        assertThat(ttl.getTTL()).isEqualTo(-1);
    }

    @Test
    void keepsALeaseAlive() throws Exception {
        var lease = client.getLeaseClient().grant(30).get();
        var alive = client.getLeaseClient().keepAliveOnce(lease.getID()).get();
        assertThat(alive.getTTL()).isEqualTo(30);
        client.getLeaseClient().revoke(lease.getID()).get();
    }

    @Test
    void historySurvivesARestart() throws Exception {
        client.getKVClient().put(bytes("a"), bytes("1")).get();
        client.getKVClient().put(bytes("a"), bytes("2")).get();
        stop();
        start();
        var past = client.getKVClient()
                .get(bytes("a"), GetOption.builder().withRevision(2).build())
                .get();
        assertThat(past.getKvs().getFirst().getValue()).isEqualTo(bytes("1"));
        assertThat(past.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void reportsItself() throws Exception {
        var members = client.getClusterClient().listMember().get().getMembers();
        assertThat(members).hasSize(1);
        assertThat(Long.toHexString(members.getFirst().getId())).isEqualTo("8e9e05c52164694d");
        assertThat(Long.toHexString(
                        client.getClusterClient().listMember().get().getHeader().getClusterId()))
                .isEqualTo("cdf818194e3a8c32");
        var status = client.getMaintenanceClient()
                .statusMember("http://127.0.0.1:" + server.port())
                .get();
        assertThat(status.getVersion()).startsWith("3.6.");
    }
}
