package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.KeyRange;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.WatchCancelRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest.FilterType;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchProgressRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import io.orlop.store.proto.mvccpb.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Several watches on one stream, from the past, the present or the future, and what each of them hears. Each hears at
/// last that the first key of its range was put and deleted, so that one knows when it has heard all; how its events
/// were spread over messages is nobody's business.
///
/// ```
///   create, created?   for each       ─►  put, delete   for each  ─►  heard all?  ─►  cancel, canceled?
/// ```
record WatchScript(List<WatchCreateRequest> creates) {
    private static final ByteString FIRST = ByteString.copyFrom(new byte[1]);

    /// A key was put and deleted, so that watches hear something.
    private record Sign(ByteString key, long put, long deleted) {
        /// @return the last of its revisions that this watch hears; 0 if it hears none
        long heardBy(WatchCreateRequest watch) {
            KeyRange keys = new KeyRange(
                    Decoding.octets(watch.getKey().isEmpty() ? FIRST : watch.getKey()),
                    Decoding.octets(watch.getRangeEnd()));
            if (!keys.contains(Decoding.octets(key))) return 0;
            if (hears(watch, FilterType.NODELETE, deleted)) return deleted;
            return hears(watch, FilterType.NOPUT, put) ? put : 0;
        }

        private static boolean hears(WatchCreateRequest watch, FilterType without, long revision) {
            return !watch.getFiltersList().contains(without) && revision >= watch.getStartRevision();
        }
    }

    /// @return line by line what was heard
    List<String> play(Channel channel) {
        return new Play(channel).run();
    }

    private final class Play implements StreamObserver<WatchResponse> {
        private final KVGrpc.KVBlockingStub kv;
        private final StreamObserver<WatchRequest> stream;
        private final BlockingQueue<WatchResponse> messages = new LinkedBlockingQueue<>();
        private final List<String> lines = new ArrayList<>();
        private final List<String> ends = new ArrayList<>();
        private final TreeMap<Long, List<Event>> heard = new TreeMap<>();
        private final Map<Long, WatchCreateRequest> open = new TreeMap<>();

        Play(Channel channel) {
            kv = KVGrpc.newBlockingStub(channel);
            stream = WatchGrpc.newStub(channel).watch(this);
        }

        @Override
        public void onNext(WatchResponse message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            messages.add(WatchResponse.newBuilder()
                    .setCancelReason("the stream failed: " + error)
                    .build());
        }

        @Override
        public void onCompleted() {}

        List<String> run() {
            for (WatchCreateRequest create : creates) {
                stream.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
                created(create);
            }
            List<Sign> signs = creates.stream().map(this::give).toList();
            Map<Long, Long> lasts = new TreeMap<>();
            open.forEach((id, watch) -> {
                long end = signs.stream()
                        .mapToLong(sign -> sign.heardBy(watch))
                        .max()
                        .orElseThrow();
                if (end > 0) lasts.put(id, end);
            });
            lasts.forEach((id, end) -> {
                while (open.containsKey(id) && !hasHeard(id, end)) take();
            });
            if (!open.isEmpty() && open.values().stream().allMatch(watch -> hasBegun(watch, signs))) askForProgress();
            for (long id : List.copyOf(open.keySet())) {
                stream.onNext(WatchRequest.newBuilder()
                        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
                        .build());
                while (open.containsKey(id)) take();
            }
            stream.onCompleted();
            // An end from the store's side may come before or after another's beginning.
            ends.stream().sorted().forEach(lines::add);
            heard.forEach((id, events) -> events.forEach(event -> lines.add(id + " hears " + event)));
            return lines;
        }

        /// A watch of the future makes no progress, in none of the versions that get it right.
        private static boolean hasBegun(WatchCreateRequest watch, List<Sign> signs) {
            return watch.getStartRevision() <= signs.getLast().deleted();
        }

        /// All is heard, so the answer is for all of the stream, and of the last revision. A store that has not noticed
        /// yet that some watch has heard all does not answer, and is asked again.
        private void askForProgress() {
            for (int i = 0; i < 1_500 && !open.isEmpty(); i++) {
                stream.onNext(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
                WatchResponse answer;
                while ((answer = poll(Duration.ofMillis(20))) != null) {
                    if (answer.getWatchId() != -1 || answer.getCanceled()) {
                        hear(answer);
                        continue;
                    }
                    lines.add("progress up to " + answer.getHeader().getRevision() + " " + plain(answer));
                    return;
                }
            }
            throw new AssertionError("no progress after " + lines + " and " + heard);
        }

        private WatchResponse next() {
            WatchResponse message = poll(Duration.ofSeconds(30));
            if (message == null) throw new AssertionError("nothing more after " + lines + " and " + heard);
            return message;
        }

        private @Nullable WatchResponse poll(Duration patience) {
            try {
                return messages.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /// The answer to a creation comes before that watch's events, and other watches' may come before it.
        private void created(WatchCreateRequest create) {
            while (true) {
                WatchResponse message = next();
                if (!message.getCreated()) {
                    hear(message);
                    continue;
                }
                lines.add(plain(message));
                if (message.getCanceled()) return;
                open.put(message.getWatchId(), create);
                heard.put(message.getWatchId(), new ArrayList<>());
                return;
            }
        }

        private void take() {
            hear(next());
        }

        private void hear(WatchResponse message) {
            List<Event> events = heard.get(message.getWatchId());
            if (events != null) events.addAll(message.getEventsList());
            if (!message.getCanceled() && message.getCancelReason().isEmpty()) return;
            WatchCreateRequest watch = open.remove(message.getWatchId());
            ends.add(plain(
                    watch != null && isDeaf(watch)
                            ? message.toBuilder().clearCompactRevision().build()
                            : message));
            if (watch == null) open.clear();
        }

        /// Nobody waits for what such a watch hears, and an etcd looks for those that are behind ten times a second: it
        /// may be cancelled before etcd has seen that what it wants is compacted.
        private static boolean isDeaf(WatchCreateRequest watch) {
            return watch.getFiltersList().containsAll(List.of(FilterType.NOPUT, FilterType.NODELETE));
        }

        private static String plain(WatchResponse message) {
            return message.toBuilder().clearHeader().clearEvents().build().toString();
        }

        /// Puts and deletes the first key of the range.
        private Sign give(WatchCreateRequest watch) {
            ByteString key = watch.getKey().isEmpty() ? FIRST : watch.getKey();
            PutRequest put = PutRequest.newBuilder()
                    .setKey(key)
                    .setValue(ByteString.copyFromUtf8("sign"))
                    .build();
            DeleteRangeRequest delete =
                    DeleteRangeRequest.newBuilder().setKey(key).build();
            return new Sign(
                    key,
                    kv.put(put).getHeader().getRevision(),
                    kv.deleteRange(delete).getHeader().getRevision());
        }

        private boolean hasHeard(long id, long revision) {
            List<Event> events = heard.getOrDefault(id, List.of());
            return !events.isEmpty() && events.getLast().getKv().getModRevision() >= revision;
        }
    }
}
