package io.orlop.store.engine;

import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.Verification;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// What somebody asks who looks after a store. Everything here reads the log from end to end, beside readers and
/// writers, on the calling thread; it also works when the disk takes no more writes.
public final class Maintenance {
    private final KeyIndex index;
    private final Log log;
    private final Visible visible;
    private final Writer writer;
    private final Alarms alarms;
    private final Space space;

    Maintenance(KeyIndex index, Log log, Visible visible, Writer writer, Alarms alarms, Space space) {
        this.index = index;
        this.log = log;
        this.visible = visible;
        this.writer = writer;
        this.alarms = alarms;
        this.space = space;
    }

    /// The alarms that are on. If there was no room, it is looked at anew, for whoever asks next.
    public List<Alarm> alarms() {
        if (alarms.isScarce()) writer.submit(_ -> space.look(), Claim.SMALL);
        return alarms.on();
    }

    /// Whether somebody switched such an alarm on: not whether the store finds by itself that there is no room.
    public boolean isSwitched(Alarm.Kind kind) {
        return alarms.isSwitched(kind);
    }

    /// Switches an alarm on or off. What the store finds out by itself, want of space, it also switches by itself.
    ///
    /// @return the alarm, if it is on now or was
    public CompletableFuture<List<Alarm>> switchAlarm(Alarm alarm, boolean on) {
        return writer.submit(head -> head.switchAlarm(alarm, on), Claim.SMALL);
    }

    /// etcd's hash of all keys with their history.
    ///
    /// @param wanted the revision to hash, 0 for now
    public KeyHash hashKeys(long wanted) throws IOException {
        while (true) {
            long revision = visible.revision();
            long compacted = visible.compacted();
            if (wanted > 0 && wanted < compacted) throw new DeniedException(Denial.COMPACTED);
            if (wanted > revision) throw new DeniedException(Denial.FUTURE_REVISION);
            long at = wanted == 0 ? Math.max(revision, compacted) : wanted;
            int hash = hash(at, compacted);
            // A compaction that overtook us may have taken what we wanted to know: ask again.
            if (compacted == visible.compacted()) return new KeyHash(hash, at, compacted, revision);
        }
    }

    private int hash(long at, long compacted) throws IOException {
        try (LogView view = log.view()) {
            KeyHasher hasher = new KeyHasher(index, at, compacted);
            view.replay(hasher);
            return hasher.hash();
        }
    }

    /// Reads everything back and holds it against the index.
    public Verification verify() throws IOException {
        return verify(CrossCheck.passes(log.segments().records()));
    }

    /// @param passes in how many parts, so that each fits into memory
    Verification verify(int passes) throws IOException {
        while (true) {
            long revision = visible.revision();
            long compacted = visible.compacted();
            try (LogView view = log.view()) {
                Verification verification =
                        new CrossCheck(index, new Values(log, 0), revision, compacted, passes).of(view);
                if (compacted == visible.compacted()) return verification;
            }
        }
    }

    /// Lets go of what of the log is mapped into this process's memory, until somebody reads there again.
    public void unmap() {
        log.segments().unmap();
    }

    /// Lets go of the room that large changes took on their way to the disk. For a store that is at rest.
    public void rest() {
        var _ = writer.rest();
    }

    /// How everything is copied.
    public interface Copying<C extends AutoCloseable> {
        /// @param view becomes the copy's to close
        /// @param compacted what cannot be read before this revision is left out; -1 if all can
        /// @param needed which changes are needed at or before that revision; not to be asked after this
        /// returned
        C of(LogView view, long compacted, Predicate<LogRecord> needed) throws IOException;
    }

    /// A copy of everything, as it is now, with the history that is not compacted. Close it.
    public <C extends AutoCloseable> C copy(Copying<C> copying) throws IOException {
        while (true) {
            long compacted = visible.compacted();
            C copy = copying.of(log.view(), compacted, new AsOf(index, compacted)::isNeeded);
            // A compaction that overtook us may have taken what we wanted to know: ask again.
            if (compacted == visible.compacted()) return copy;
            close(copy);
        }
    }

    private static void close(AutoCloseable copy) throws IOException {
        try {
            copy.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /// A copy of what happened after a revision, as far as nothing of it is compacted. Close it.
    public <C extends AutoCloseable> C copySince(long revision, CopyingSince<C> copying) throws IOException {
        long now = visible.revision();
        if (revision > now) throw new DeniedException(Denial.FUTURE_REVISION);
        LogView view = log.view();
        // The look at the compaction comes after the look at the log: what was there then was all there.
        if (revision + 1 < visible.compacted()) {
            view.close();
            throw new DeniedException(Denial.COMPACTED);
        }
        return copying.of(revision, view, now);
    }

    /// How what happened since is copied.
    public interface CopyingSince<C extends AutoCloseable> {
        /// @param view becomes the copy's to close
        C of(long after, LogView view, long revision) throws IOException;
    }
}
