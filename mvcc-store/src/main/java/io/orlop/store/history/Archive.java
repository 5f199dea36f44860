package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the index leaves what happened to a key before its newest change. It may still find what a compaction took:
/// whoever asks for a moment after the compaction finds what followed it first.
public interface Archive {
    /// Of an index that keeps everything itself.
    Archive NONE = new Archive() {
        @Override
        public boolean has(long location) {
            return false;
        }

        @Override
        public boolean mayTellOfBefore(long location) {
            return false;
        }

        @Override
        public @Nullable Change lastBefore(Octets key, long main, int sub) {
            return null;
        }

        @Override
        public void between(Octets key, long from, long to, Consumer<Change> visitor) {}
    };

    /// Whether the change at this location, and each before it, can be found here.
    boolean has(long location);

    /// Whether something may turn up here, now or later, that was before the change at this location, and not that
    /// change. Until then the index must know of a deletion, however long ago it was:
    /// ```
    ///   the log    put at 5 │ deleted at 6 … put at 20        compacted at 10
    ///   archive    {5                                         of the first segment only
    ///   index               6t} {20}                          without 6t a reader at 15 would find the put of 5
    /// ```
    boolean mayTellOfBefore(long location);

    /// The key's last change before the one of this revision and place, as far as it is here.
    @Nullable
    Change lastBefore(Octets key, long main, int sub);

    /// The key's changes with `from <= main <= to`, in order, as far as they are here.
    void between(Octets key, long from, long to, Consumer<Change> visitor);
}
