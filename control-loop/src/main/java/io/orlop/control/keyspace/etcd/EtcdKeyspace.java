package io.orlop.control.keyspace.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lease.LeaseRevokeResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.orlop.control.keyspace.Change;
import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Compare;
import io.orlop.control.keyspace.Feed;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Lease;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.ResumableWatch;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.control.loop.Lasting;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.store.StoreClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The keyspace in an etcd. Looks for the store every few seconds, so that [#online()] is true of now, and whether the
/// files have changed that prove who we are.
public final class EtcdKeyspace implements Keyspace {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    /// Catching up may bring many revisions in one message; gRPC's usual limit of 4 MiB would end the watch.
    private static final int LARGEST_MESSAGE = 64 << 20;

    private final Ambient ambient;
    private final EtcdSettings settings;
    private final StoreClient client;
    private final EtcdCalls calls;
    private final List<Watching> watches = new CopyOnWriteArrayList<>();
    private final Signal closing;
    private volatile @Nullable Lasting health;
    private volatile boolean closed;

    private EtcdKeyspace(Ambient ambient, EtcdSettings settings, StoreClient client, EtcdCalls calls) {
        this.ambient = ambient;
        this.settings = settings;
        this.client = client;
        this.calls = calls;
        this.closing = ambient.signal();
    }

    /// Connects in the background: that the store is away is seen by [#online()] and by the first call.
    ///
    /// @throws RefusalException if what proves who we are cannot be read
    public static EtcdKeyspace connect(Ambient ambient, EtcdSettings settings, StorePolicies policies) {
        StoreClient client = StoreClient.open(
                ambient, settings.access(), settings.callTimeout(), builder -> builder.waitForReady(false)
                        .retryMaxAttempts(0)
                        // What jetcd does for a call, and what a watch does with an event, is short and never waits: a
                        // thread of its own for each costs more than it saves.
                        .executorService(MoreExecutors.newDirectExecutorService())
                        .interceptors(List.of(new DirectCalls()))
                        .maxInboundMessageSize(LARGEST_MESSAGE)
                        .keepaliveTime(Duration.ofSeconds(30))
                        .keepaliveTimeout(Duration.ofSeconds(10))
                        .connectTimeout(settings.callTimeout()));
        var keyspace = new EtcdKeyspace(ambient, settings, client, new EtcdCalls(settings.callTimeout(), policies));
        keyspace.health = Lasting.start(ambient, "store health", keyspace::lookAfter);
        return keyspace;
    }

    @Override
    public Optional<KeyValue> get(String key) {
        return calls.repeatable("get", () -> kv().get(bytes(key))).getKvs().stream()
                .map(EtcdKeyspace::keyValue)
                .findFirst();
    }

    @Override
    public Listing load(String prefix) {
        while (true) {
            var entries = new ArrayList<KeyValue>();
            OptionalLong revision = pages(prefix, entries::addAll);
            if (revision.isPresent()) return new Listing(prefix, entries, revision.getAsLong());
        }
    }

    @Override
    public long load(String prefix, Consumer<List<KeyValue>> page) {
        return pages(prefix, page)
                .orElseThrow(() -> StoreUnavailableException.untouched(
                        "load", "the revision of the first pages was compacted before the last one came", null));
    }

    /// @return the revision, or nothing if it was compacted before the last page came
    private OptionalLong pages(String prefix, Consumer<List<KeyValue>> consumer) {
        var size = new PageSize(settings.pageSize());
        long revision = 0;
        ByteSequence from = bytes(prefix);
        while (true) {
            GetOption.Builder page = GetOption.builder().withRange(end(prefix)).withLimit(size.keys());
            if (revision > 0) page.withRevision(revision);
            GetOption option = page.build();
            ByteSequence start = from;
            switch (calls.asked("load", () -> kv().get(start, option))) {
                case Answer.Given<GetResponse>(GetResponse answer) -> {
                    if (revision == 0) revision = answer.getHeader().getRevision();
                    List<KeyValue> entries =
                            answer.getKvs().stream().map(EtcdKeyspace::keyValue).toList();
                    if (!entries.isEmpty()) consumer.accept(entries);
                    if (!answer.isMore()) return OptionalLong.of(revision);
                    size.saw(entries);
                    from = bytes(entries.getLast().key() + '\0');
                }
                case Answer.Refused<GetResponse> refused -> {
                    if (refused.code() == ErrorCode.OUT_OF_RANGE) return OptionalLong.empty();
                    if (!refused.isTooLarge() || !size.halve()) throw refused.exception();
                }
            }
        }
    }

    @Override
    public Commit commit(Transaction transaction) {
        var compares = new ArrayList<Cmp>();
        var found = new ArrayList<Op>();
        Fence fence = transaction.fence();
        if (fence != null) {
            compares.add(new Cmp(bytes(fence.key()), Cmp.Op.EQUAL, CmpTarget.createRevision(fence.createRevision())));
            found.add(Op.get(bytes(fence.key()), GetOption.DEFAULT));
        }
        for (Compare compare : transaction.compares()) {
            compares.add(compared(compare));
            found.add(Op.get(bytes(compare.key()), GetOption.DEFAULT));
        }
        Cmp[] ifs = compares.toArray(Cmp[]::new);
        Op[] thens = transaction.changes().stream().map(EtcdKeyspace::change).toArray(Op[]::new);
        Op[] elses = found.toArray(Op[]::new);
        TxnResponse answer = calls.once(
                "commit of " + largest(transaction),
                () -> kv().txn().If(ifs).Then(thens).Else(elses).commit());
        return answer.isSucceeded()
                ? new Commit.Committed(answer.getHeader().getRevision())
                : failed(transaction, answer);
    }

    /// For whoever reads that it was refused: what most of it is about.
    private static String largest(Transaction transaction) {
        String key = "nothing";
        int most = -1;
        for (Change change : transaction.changes()) {
            int bytes = change instanceof Change.Put put ? put.value().length : 0;
            if (bytes <= most) continue;
            key = change.key();
            most = bytes;
        }
        return most > 0 ? key + " (" + most + " bytes)" : key;
    }

    private static Commit failed(Transaction transaction, TxnResponse answer) {
        List<GetResponse> found = answer.getGetResponses();
        int next = 0;
        Fence fence = transaction.fence();
        if (fence != null) {
            boolean stands = found.get(next++).getKvs().stream()
                    .anyMatch(leader -> leader.getCreateRevision() == fence.createRevision());
            if (!stands) return new Commit.Displaced(fence);
        }
        var facts = new ArrayList<Commit.Found>();
        for (Compare compare : transaction.compares()) {
            facts.add(new Commit.Found(
                    compare.key(),
                    found.get(next++).getKvs().stream()
                            .map(EtcdKeyspace::keyValue)
                            .findFirst()
                            .orElse(null)));
        }
        return new Commit.Conflicted(facts, answer.getHeader().getRevision());
    }

    private static Cmp compared(Compare compare) {
        return switch (compare) {
            case Compare.Absent(String key) -> new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.createRevision(0));
            case Compare.Unchanged(String key, long modRevision) ->
                new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.modRevision(modRevision));
        };
    }

    private static Op change(Change change) {
        return switch (change) {
            case Change.Put(String key, byte[] value, long lease) ->
                Op.put(
                        bytes(key),
                        ByteSequence.from(value),
                        PutOption.builder().withLeaseId(lease).build());
            case Change.Delete(String key) -> Op.delete(bytes(key), DeleteOption.DEFAULT);
        };
    }

    @Override
    public Watching watch(Listing after, WatchListener listener) {
        Watching watch = ResumableWatch.start(ambient, this::open, this::load, after, listener);
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    private Watching open(String prefix, long fromRevision, Consumer<Feed.News> news) {
        WatchOption option = WatchOption.builder()
                .withRevision(fromRevision)
                .withRange(end(prefix))
                .withProgressNotify(true)
                .withCreateNotify(true)
                .build();
        var stream = new EtcdStream(news);
        Watch.Watcher watcher;
        try {
            watcher = client.current().getWatchClient().watch(bytes(prefix), option, stream);
        } catch (RuntimeException closedMeanwhile) {
            throw StoreUnavailableException.untouched(
                    "watch", String.valueOf(closedMeanwhile.getMessage()), closedMeanwhile);
        }
        Watching open = () -> {
            stream.end();
            watcher.close();
        };
        try {
            calls.once("watch", stream::created);
            return open;
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }

    @Override
    public Lease grant(Duration ttl) {
        long seconds = Math.max(1, Math.ceilDiv(ttl.toMillis(), 1000L));
        var granted = calls.once("grant", () -> leases().grant(seconds));
        return new Lease(granted.getID(), Duration.ofSeconds(granted.getTTL()));
    }

    @Override
    public Optional<Duration> keepAlive(long lease) {
        Answer<LeaseKeepAliveResponse> answer = calls.asked("keepAlive", () -> leases().keepAliveOnce(lease));
        return isGone(answer)
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(answer.value().getTTL()));
    }

    @Override
    public void revoke(long lease) {
        Answer<LeaseRevokeResponse> answer = calls.asked("revoke", () -> leases().revoke(lease));
        if (!isGone(answer)) answer.value();
    }

    private static boolean isGone(Answer<?> answer) {
        return answer instanceof Answer.Refused<?> refused && refused.code() == ErrorCode.NOT_FOUND;
    }

    private KV kv() {
        return client.current().getKVClient();
    }

    private io.etcd.jetcd.Lease leases() {
        return client.current().getLeaseClient();
    }

    @Override
    public boolean online() {
        return calls.online();
    }

    @Override
    public void close() {
        closed = true;
        closing.raise();
        Lasting looking = health;
        if (looking != null) looking.close();
        watches.forEach(Watching::close);
        client.close();
    }

    private void lookAfter() throws InterruptedException {
        while (!closed) {
            client.renew();
            try {
                calls.once("look", () -> kv().get(bytes("/")));
            } catch (RefusalException _) {
                // That is what online() tells.
            }
            closing.await(BETWEEN_LOOKS);
        }
    }

    static KeyValue keyValue(io.etcd.jetcd.KeyValue entry) {
        return new KeyValue(
                text(entry.getKey()),
                entry.getValue().getBytes(),
                entry.getCreateRevision(),
                entry.getModRevision(),
                entry.getLease());
    }

    static String text(ByteSequence bytes) {
        return bytes.toString(UTF_8);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    /// The first key after all that begin with the prefix.
    private static ByteSequence end(String prefix) {
        byte[] end = prefix.getBytes(UTF_8);
        end[end.length - 1]++;
        return ByteSequence.from(end);
    }
}
