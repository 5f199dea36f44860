package io.orlop.wire.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a list.
///
/// @param next where the next part starts; `null` at the end
public record Page<T>(List<T> entries, @Nullable Integer next) {
    public Page {
        entries = List.copyOf(entries);
    }

    /// The part of `all` that starts at `start` and holds at most `most` entries; 0 means all of them.
    public static <T> Page<T> of(List<T> all, int start, int most) {
        int from = Math.min(start, all.size());
        int to = most == 0 ? all.size() : Math.min(all.size(), from + most);
        return new Page<>(all.subList(from, to), to < all.size() ? to : null);
    }
}
