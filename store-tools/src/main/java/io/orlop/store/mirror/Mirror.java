package io.orlop.store.mirror;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import io.orlop.store.proto.mvccpb.Event;
import io.orlop.store.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/// Keeps a copy of all keys of a prefix in another etcd: first as they are at one revision, page by page, then each
/// change as it comes.
///
/// ```
///   no progress ──► Copying(revision, key) ──► … page by page … ──► Following(revision) ──► … change by change …
///                        ▲                                                │
///                        └───────── what it wants next is compacted ──────┘
/// ```
/// Where the copy goes, nothing else may live: a page also removes what the source does not have there. Leases are not
/// copied; a key that expires is deleted like any other. A revision of up to 127 changes, of 1 MiB together, arrives
/// whole.
public final class Mirror {
    private static final int PAGE_KEYS = 100;
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    /// The next key that there may be is this much longer.
    static final ByteString AFTER = ByteString.copyFrom(new byte[1]);

    private final Channel from;
    private final KVGrpc.KVBlockingStub source;
    private final Channel to;
    private final ByteString prefix;
    private final ByteString destinationPrefix;
    private final Patience patience;
    private int pageKeys = PAGE_KEYS;

    /// What to do when one of the two cannot be reached, or does not know who asks any more.
    public interface Patience {
        /// Returns when it may be tried again.
        void wait(StatusRuntimeException trouble) throws InterruptedException;
    }

    public Mirror(Channel from, Channel to, ByteString prefix, ByteString destinationPrefix, Patience patience) {
        this.from = from;
        this.source = KVGrpc.newBlockingStub(from);
        this.to = to;
        this.prefix = prefix;
        this.destinationPrefix = destinationPrefix;
        this.patience = patience;
    }

    /// Makes the copy what the source is now, and returns.
    ///
    /// @return the source's revision that the copy is at
    public long copy() {
        ResponseHeader now = now();
        Destination destination = destination(now);
        Progress progress = copied(destination, now);
        return progress.revision() == now.getRevision() ? progress.revision() : copyAnew(destination);
    }

    /// Copies until it is interrupted. Servers may stop meanwhile and come back.
    ///
    /// @param arrived hears each revision that the copy reached
    public void follow(LongConsumer arrived) throws InterruptedException {
        while (true) {
            try {
                followWhileReached(arrived);
            } catch (StatusRuntimeException trouble) {
                if (!passes(trouble.getStatus().getCode())) throw trouble;
                patience.wait(trouble);
            }
        }
    }

    /// A server that starts again has forgotten its tokens; the next one asked for is good.
    private static boolean passes(Status.Code trouble) {
        return trouble == Status.Code.UNAVAILABLE || trouble == Status.Code.UNAUTHENTICATED;
    }

    /// From where the destination says that the copy is, whatever became of the last answer.
    private void followWhileReached(LongConsumer arrived) throws InterruptedException {
        ResponseHeader now = now();
        Destination destination = destination(now);
        Progress progress = copied(destination, now);
        while (true) {
            arrived.accept(progress.revision());
            try (Changes changes = new Changes(from, prefix, progress.revision() + 1)) {
                Heard heard = new Heard();
                WatchResponse response = changes.next();
                while (!response.getCanceled()) {
                    progress = apply(destination, response, heard, progress);
                    if (response.getEventsCount() > 0) arrived.accept(progress.revision());
                    response = changes.next();
                }
                if (response.getCompactRevision() == 0) throw ended(response.getCancelReason());
            }
            copyAnew(destination);
            progress = copied(destination, now());
        }
    }

    /// Of why a watch was ended there is only a text.
    private static StatusRuntimeException ended(String why) {
        Status status = why.contains("permission denied") ? Status.PERMISSION_DENIED : Status.UNAVAILABLE;
        return status.withDescription("the watch was ended: " + why).asRuntimeException();
    }

    private ResponseHeader now() {
        // Who may read what is copied may read this.
        return source.range(RangeRequest.newBuilder()
                        .setKey(prefix.isEmpty() ? NO_END : prefix)
                        .setCountOnly(true)
                        .build())
                .getHeader();
    }

    private Destination destination(ResponseHeader now) {
        ByteString key = ByteString.copyFromUtf8("orlop-mirror/" + Long.toHexString(now.getClusterId()) + "/")
                .concat(prefix);
        return new Destination(to, key);
    }

    private long copyAnew(Destination destination) {
        long revision = now().getRevision();
        destination.apply(List.of(), new Progress.Copying(revision, ByteString.EMPTY));
        return copied(destination, now()).revision();
    }

    private Progress copied(Destination destination, ResponseHeader now) {
        Progress progress = destination.progress(new Progress.Copying(now.getRevision(), ByteString.EMPTY));
        while (progress instanceof Progress.Copying copying) {
            try {
                progress = page(destination, copying);
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.OUT_OF_RANGE) throw e;
                // Compacted meanwhile: from the beginning, as it is now.
                progress = new Progress.Copying(now().getRevision(), ByteString.EMPTY);
                destination.apply(List.of(), progress);
            }
        }
        return progress;
    }

    private Progress page(Destination destination, Progress.Copying copying) {
        ByteString first = copying.done().isEmpty()
                ? (prefix.isEmpty() ? NO_END : prefix)
                : copying.done().concat(AFTER);
        RangeResponse page = read(first, copying.revision());
        Progress next = page.getMore()
                ? new Progress.Copying(
                        copying.revision(), page.getKvs(page.getKvsCount() - 1).getKey())
                : new Progress.Following(copying.revision());
        List<RequestOp> changes = new ArrayList<>();
        Set<ByteString> there = new HashSet<>();
        for (KeyValue kv : page.getKvsList()) {
            ByteString key = renamed(kv.getKey());
            there.add(key);
            changes.add(put(key, kv.getValue()));
        }
        ByteString begin =
                copying.done().isEmpty() ? (destinationPrefix.isEmpty() ? NO_END : destinationPrefix) : renamed(first);
        ByteString end =
                next instanceof Progress.Copying more ? renamed(more.done()).concat(AFTER) : end(destinationPrefix);
        for (ByteString key : destination.keys(begin, end)) {
            if (!there.contains(key) && !destination.isProgress(key)) changes.add(delete(key));
        }
        destination.apply(changes, next);
        return next;
    }

    /// As many keys as a message has room for. Where one page was too large, the next is likely to be.
    private RangeResponse read(ByteString first, long revision) {
        while (true) {
            try {
                RangeResponse page = source.range(RangeRequest.newBuilder()
                        .setKey(first)
                        .setRangeEnd(end(prefix))
                        .setRevision(revision)
                        .setLimit(pageKeys)
                        .build());
                pageKeys = Math.min(2 * pageKeys, PAGE_KEYS);
                return page;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED || pageKeys == 1) throw e;
                pageKeys /= 2;
            }
        }
    }

    /// The changes of one revision. Those that are too many for a message go on in the next.
    private static final class Heard {
        private long revision;

        /// Of two changes of a key in one revision the last counts, and a transaction may have only one.
        private final Map<ByteString, RequestOp> changes = new LinkedHashMap<>();
    }

    /// Each revision in a transaction of its own.
    ///
    /// @param heard what the message before this one began
    private Progress apply(Destination destination, WatchResponse response, Heard heard, Progress before) {
        if (response.getEventsCount() == 0
                && heard.changes.isEmpty()
                && response.getHeader().getRevision() > before.revision()) {
            // Nothing of ours happened; that much need not be heard again.
            Progress progress = new Progress.Following(response.getHeader().getRevision());
            destination.apply(List.of(), progress);
            return progress;
        }
        Progress progress = before;
        for (Event event : response.getEventsList()) {
            long revision = event.getKv().getModRevision();
            if (revision != heard.revision) progress = apply(destination, heard, progress);
            heard.revision = revision;
            ByteString key = renamed(event.getKv().getKey());
            heard.changes.put(
                    key,
                    event.getType() == Event.EventType.DELETE
                            ? delete(key)
                            : put(key, event.getKv().getValue()));
        }
        return response.getFragment() ? progress : apply(destination, heard, progress);
    }

    private static Progress apply(Destination destination, Heard heard, Progress before) {
        if (heard.changes.isEmpty()) return before;
        Progress progress = new Progress.Following(heard.revision);
        destination.apply(List.copyOf(heard.changes.values()), progress);
        heard.changes.clear();
        return progress;
    }

    private ByteString renamed(ByteString key) {
        return destinationPrefix.concat(key.substring(prefix.size()));
    }

    static RequestOp put(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }

    private static RequestOp delete(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }

    /// The end of all keys with this prefix.
    static ByteString end(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        for (int last = end.length - 1; last >= 0; last--) {
            if (end[last] != (byte) 0xff) {
                end[last]++;
                return ByteString.copyFrom(end, 0, last + 1);
            }
        }
        return NO_END;
    }
}
