package io.orlop.store.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What the hub told while somebody's past was read, so that who has heard all until then need not look again for what
/// came in between. Only so much is held: its newest.
/// ```
///   a watch that is behind    │ slice … 340 │ told        lately 341 … 350 ─► hears what comes, from 351 on
///   the hub                   told up to 340 │ 341 │ … │ 350 │ 351
/// ```
final class Lately {
    private static final long BYTES_MAX = 4 << 20;

    private final long bytesMax;

    private record Kept(Committed commit, long bytes) {}

    private final Deque<Kept> commits = new ArrayDeque<>();
    private boolean keeps;
    private long bytes;

    /// @param most what it may hold, if that is less than it would like
    Lately(long most) {
        this.bytesMax = Math.min(BYTES_MAX, most);
    }

    /// From the next commit on.
    void keep() {
        keeps = true;
    }

    boolean keeps() {
        return keeps;
    }

    void add(Committed commit, long size) {
        commits.addLast(new Kept(commit, size));
        bytes += size;
        while (bytes > bytesMax) bytes -= commits.removeFirst().bytes;
    }

    /// Whether everything from this revision on that was told is here.
    boolean covers(long revision) {
        return !commits.isEmpty() && commits.getFirst().commit.first() <= revision;
    }

    List<Committed> commits() {
        return commits.stream().map(Kept::commit).toList();
    }

    /// What was told so far is gone; what comes is kept as before.
    void forget() {
        commits.clear();
        bytes = 0;
    }

    /// Nobody's past is read any more.
    void end() {
        keeps = false;
        forget();
    }
}
