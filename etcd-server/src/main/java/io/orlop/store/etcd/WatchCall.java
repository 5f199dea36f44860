package io.orlop.store.etcd;

import io.grpc.stub.ServerCallStreamObserver;
import io.orlop.store.api.Event;
import io.orlop.store.measure.Tally;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchSink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One client's call, as the watches see it. All but the constructor runs on the hub's thread.
final class WatchCall implements WatchSink {
    /// The id of an answer that is about no watch.
    private static final long NO_WATCH = -1;

    private final ServerCallStreamObserver<WatchReply> client;
    private final Identity identity;
    private final int messageBytesMax;
    private final SharedEvents shared;
    private final Tally tally;
    private final Set<Long> fragmented = new HashSet<>();

    WatchCall(
            ServerCallStreamObserver<WatchReply> client,
            Identity identity,
            int messageBytesMax,
            SharedEvents shared,
            Tally tally) {
        this.tally = tally;
        this.shared = shared;
        this.client = client;
        this.identity = identity;
        this.messageBytesMax = messageBytesMax;
    }

    void fragment(long id, boolean wanted) {
        if (wanted) fragmented.add(id);
        else fragmented.remove(id);
    }

    @Override
    public boolean ready() {
        return client.isReady();
    }

    @Override
    public void created(long id, long revision) {
        client.onNext(WatchReply.of(response(id, revision).setCreated(true).build()));
    }

    @Override
    public void refused(WatchRefusal why, long revision) {
        client.onNext(WatchReply.of(response(NO_WATCH, revision)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(why.text())
                .build()));
    }

    @Override
    public void events(long id, long revision, List<Event> events) {
        tally.add(Tally.Count.EVENTS, events.size());
        byte[] encoded = shared.encode(events);
        WatchResponse head = response(id, revision).build();
        if (fragmented.contains(id) && head.getSerializedSize() + encoded.length >= messageBytesMax) {
            WatchResponse.Builder whole = head.toBuilder();
            for (Event event : events) whole.addEvents(Encoding.event(event));
            sendFragments(whole.build());
        } else {
            client.onNext(new WatchReply(head, encoded));
        }
    }

    /// As few messages as may be, each of at least one event.
    private void sendFragments(WatchResponse whole) {
        int next = 0;
        while (next < whole.getEventsCount()) {
            WatchResponse.Builder part = whole.toBuilder().clearEvents();
            int bytes = part.build().getSerializedSize();
            do {
                bytes += whole.getEvents(next).getSerializedSize() + 8;
                part.addEvents(whole.getEvents(next++));
            } while (next < whole.getEventsCount()
                    && bytes + whole.getEvents(next).getSerializedSize() + 8 < messageBytesMax);
            client.onNext(WatchReply.of(
                    part.setFragment(next < whole.getEventsCount()).build()));
        }
    }

    @Override
    public void canceled(long id, long revision) {
        fragmented.remove(id);
        client.onNext(WatchReply.of(response(id, revision).setCanceled(true).build()));
    }

    @Override
    public void failed(long id, long revision, String why) {
        fragmented.remove(id);
        client.onNext(WatchReply.of(
                response(id, revision).setCanceled(true).setCancelReason(why).build()));
    }

    @Override
    public void compacted(long id, long compactRevision, long revision) {
        fragmented.remove(id);
        client.onNext(WatchReply.of(response(id, revision)
                .setCanceled(true)
                .setCompactRevision(compactRevision)
                .build()));
    }

    @Override
    public void progress(long id, long revision) {
        client.onNext(WatchReply.of(response(id, revision).build()));
    }

    private WatchResponse.Builder response(long id, long revision) {
        return WatchResponse.newBuilder().setHeader(identity.header(revision)).setWatchId(id);
    }
}
