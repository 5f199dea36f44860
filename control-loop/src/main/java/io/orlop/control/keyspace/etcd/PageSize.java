package io.orlop.control.keyspace.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orlop.control.keyspace.KeyValue;
import java.util.List;

/// How many keys the next page of a listing asks for. The store counts keys and knows no bytes, so a listing begins
/// small and goes on by what the keys weighed so far: a page of small values is as large as a page of large ones.
final class PageSize {
    /// Even if each value is as large as the store allows, 1.5 MiB, they fit a message.
    private static final int FIRST = 16;

    private static final long BYTES = 1 << 20;
    private static final int GROWTH = 4;

    private final int most;
    private int keys;

    PageSize(int most) {
        this.most = most;
        this.keys = Math.min(FIRST, most);
    }

    int keys() {
        return keys;
    }

    void saw(List<KeyValue> page) {
        if (page.isEmpty()) return;
        long bytes = 0;
        for (KeyValue entry : page) bytes += entry.key().getBytes(UTF_8).length + entry.value().length;
        long fitting = BYTES / Math.max(1, bytes / page.size());
        keys = (int) Math.clamp(fitting, 1, Math.min(most, (long) keys * GROWTH));
    }

    /// For when an answer was too large.
    ///
    /// @return whether there is a smaller page
    boolean halve() {
        if (keys == 1) return false;
        keys /= 2;
        return true;
    }
}
