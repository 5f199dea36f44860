package io.orlop.store.watch;

import io.orlop.store.api.Event;
import java.util.List;

/// Where the answers of a stream of watches go. Called by one thread, in the order in which things are true; must not
/// block.
///
/// The `revision` of each answer is the store's when it was made, except that of events, which is their last one when
/// the watch is up to date.
public interface WatchSink {
    /// Whether it would take events now. When it says no, its watches fall behind and read the past later, after
    /// [WatchStream#ready].
    boolean ready();

    /// Comes before anything else of this watch.
    void created(long id, long revision);

    /// There will be no such watch.
    void refused(WatchRefusal why, long revision);

    /// Whole revisions only, in order, none twice and none left out. Watches that hear the same one after the other get
    /// the same list.
    void events(long id, long revision, List<Event> events);

    void canceled(long id, long revision);

    /// The watch is over: what it wants next is compacted.
    void compacted(long id, long compactRevision, long revision);

    /// The watch is over: the store cannot read what it should tell.
    void failed(long id, long revision, String why);

    /// Everything up to this revision was said, to one watch, or to all of the stream with id [#ALL].
    void progress(long id, long revision);

    long ALL = -1;
}
