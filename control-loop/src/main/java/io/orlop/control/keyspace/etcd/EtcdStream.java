package io.orlop.control.keyspace.etcd;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.Feed;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Hears one stream of jetcd's.
///
/// jetcd makes a broken stream anew by itself, and then resumes at the revision the *store* had when the stream was
/// made, which skips what had not arrived yet. So a stream ends for us at its first trouble, and at the second time it
/// says that it was made; [io.orlop.control.keyspace.ResumableWatch] resumes where *we* were.
final class EtcdStream implements Watch.Listener {
    private final Consumer<Feed.News> news;
    private final CompletableFuture<Boolean> created = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    EtcdStream(Consumer<Feed.News> news) {
        this.news = news;
    }

    /// Ends well when the store says that the stream stands, and badly if it breaks before.
    CompletableFuture<Boolean> created() {
        return created;
    }

    /// From now on nothing is told.
    void end() {
        ended.set(true);
    }

    @Override
    public void onNext(WatchResponse response) {
        if (ended.get()) return;
        if (response.isCreatedNotify()) {
            if (!created.complete(true)) end(new Feed.News.Broken("the connection was made anew"));
            return;
        }
        var events = new ArrayList<Event>();
        long last = response.isProgressNotify() ? response.getHeader().getRevision() : 0;
        for (WatchEvent event : response.getEvents()) {
            var entry = event.getKeyValue();
            // Not the header's revision: that of a batch which catches up is the store's, not the batch's.
            last = entry.getModRevision();
            switch (event.getEventType()) {
                case PUT -> events.add(new Event.Put(EtcdKeyspace.keyValue(entry)));
                case DELETE -> events.add(new Event.Deleted(EtcdKeyspace.text(entry.getKey()), last));
                case UNRECOGNIZED -> {
                    end(new Feed.News.Broken("an event of an unknown kind"));
                    return;
                }
            }
        }
        if (last > 0) news.accept(new Feed.News.Changed(new Changes(events, last)));
    }

    @Override
    public void onError(Throwable thrown) {
        if (thrown instanceof CompactedException) {
            // The stream was made and found its start gone.
            created.complete(true);
            end(new Feed.News.Compacted());
            return;
        }
        created.completeExceptionally(thrown);
        end(new Feed.News.Broken(String.valueOf(thrown.getMessage())));
    }

    @Override
    public void onCompleted() {
        end(new Feed.News.Broken("the stream ended"));
    }

    private void end(Feed.News last) {
        if (ended.compareAndSet(false, true)) news.accept(last);
    }
}
