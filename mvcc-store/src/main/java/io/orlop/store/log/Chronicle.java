package io.orlop.store.log;

import io.orlop.store.api.Octets;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The log read in order from a revision on, a part at a time. Whoever reads holds nothing meanwhile: a segment
/// that was rewritten between two parts, or during one, is found anew by the revision that was reached.
/// ```
///   segment   since 1          │ since 118        │ since 305                 the revision before its first frame
///             │ 2 3 5 … 118    │ 119 … 305        │ 306 … 340                 gaps: what a rewrite left out
///                                    ▲─────►▲ part 1 ─────►▲ part 2
///                                    after 150
/// ```
/// All changes after the compacted revision are there. Of earlier ones, some.
public final class Chronicle {
    /// Hears what happened, in order.
    public interface Listener {
        /// Whether to hear what happened to this key.
        boolean wants(Octets key);

        /// @param change a put with its value, or a tombstone
        void heard(LogRecord change);

        /// All up to this revision was said.
        ///
        /// @return whether to go on
        boolean reached(long revision);
    }

    private final Segments segments;
    private final Supplier<SafeEnd> safeEnd;
    private final String disk;

    Chronicle(Segments segments, Supplier<SafeEnd> safeEnd, String disk) {
        this.segments = segments;
        this.safeEnd = safeEnd;
        this.disk = disk;
    }

    /// Reads on from a bookmark.
    ///
    /// @param to the last revision to hear of; it must be safe
    /// @param bytesMax of the log, after about which to stop; a revision is read whole or not at all
    /// @return where this ended: everything up to its revision was said, which is `to` if there is no more
    /// @throws DamagedLogException if what comes next cannot be read; what is before that was heard earlier
    public Bookmark read(Bookmark from, long to, long bytesMax, Listener listener) throws IOException {
        Part part = new Part(from, to, bytesMax, safeEnd.get(), listener);
        while (part.goesOn) part.segment();
        return new Bookmark(part.revision, part.segment, part.offset);
    }

    private final class Part {
        private final long to;
        private final SafeEnd end;
        private final Listener listener;
        private final long begun;
        private long bytesLeft;
        private long revision;
        private int segment;
        private long offset;
        private boolean goesOn = true;

        Part(Bookmark from, long to, long bytesMax, SafeEnd end, Listener listener) {
            this.to = to;
            this.end = end;
            this.listener = listener;
            this.begun = from.revision();
            this.bytesLeft = bytesMax;
            this.revision = from.revision();
            this.segment = from.segment();
            this.offset = from.offset();
        }

        /// Reads to the end of one segment, or as far as it may.
        void segment() throws IOException {
            Segment here = segment < 0 ? null : segments.get(segment);
            if (here == null) {
                here = find();
                if (here == null) {
                    finish();
                    return;
                }
            }
            try {
                frames(here);
            } catch (ClosedChannelException e) {
                if (segments.get(here.number) != null) throw e;
                segment = -1;
            } catch (IOException unreadable) {
                // Those who listen have something to do with what they heard; the next part says what is wrong.
                if (revision == begun) throw unreadable;
                goesOn = false;
            }
        }

        private @Nullable Segment find() {
            Segment found = segments.lastBegunBy(revision, end);
            if (found == null) return null;
            segment = found.number;
            offset = found.marks.offsetAfter(revision, SegmentHead.BYTES);
            return found;
        }

        private void frames(Segment here) throws IOException {
            long stop = here.sealed ? here.framesEnd : end.bytes();
            FrameScanner scanner = new FrameScanner(here.file, stop);
            while (offset < stop) {
                Frame frame = scanner.frameAt(offset);
                if (frame == null) {
                    throw new DamagedLogException(disk, here.name.file(), offset, "the frame there fails its checksum");
                }
                if (frame.revision() > to) {
                    finish();
                    return;
                }
                boolean isNews = frame.revision() > revision;
                if (isNews) changes(frame);
                offset = frame.end();
                here.mark(frame.revision(), offset);
                bytesLeft -= Frame.sizeOf(frame.length());
                if (isNews) {
                    revision = frame.revision();
                    goesOn = listener.reached(revision);
                }
                goesOn &= bytesLeft > 0;
                if (!goesOn) return;
            }
            Segment next = segments.after(here, end);
            if (next == null) {
                finish();
            } else {
                segment = next.number;
                offset = SegmentHead.BYTES;
            }
        }

        private void changes(Frame frame) {
            int at = frame.at();
            int stop = frame.at() + frame.length();
            while (at < stop) {
                int length = (int) RecordCodec.lengthAt(frame.bytes(), at);
                if (RecordCodec.isChange(frame.bytes(), at)) change(frame.bytes(), at, length);
                at += length;
            }
        }

        private void change(byte[] bytes, int at, int length) {
            LogRecord change = RecordCodec.decode(bytes, at, length, false);
            Octets key = change.key();
            if (key == null || !listener.wants(key)) return;
            listener.heard(change instanceof LogRecord.Put ? RecordCodec.decode(bytes, at, length, true) : change);
        }

        /// There is nothing more up to the last revision that is wanted.
        private void finish() {
            revision = Math.max(revision, to);
            goesOn = false;
        }
    }
}
