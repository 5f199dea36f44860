package io.orlop.wire.service;

import io.orlop.model.Refusal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// A part of a list in the order of its keys. The next part starts after the key of the last entry: what comes and goes
/// in between moves nothing that stays.
///
/// @param more whether anything comes after the last entry
public record Page<T>(List<T> entries, boolean more) {
    /// Most entries of a page.
    public static final int MOST = 500;

    /// A message may be 4 MiB large, and characters may take more than a byte each.
    private static final int WEIGHT_MOST = 2 << 20;

    public Page {
        entries = List.copyOf(entries);
    }

    /// The first of these, which start where the page does: at most `most`, and so many as fit into a message.
    ///
    /// @param most 1 to [#MOST]
    public static <T> Page<T> of(Stream<T> from, int most) {
        if (most < 1 || most > MOST) {
            throw new Refusal.Invalid("a page cannot have %d entries".formatted(most), "ask for 1 to " + MOST)
                    .exception();
        }
        var entries = new ArrayList<T>();
        int weight = 0;
        Iterator<T> left = from.iterator();
        while (left.hasNext()) {
            if (entries.size() == most || weight > WEIGHT_MOST) return new Page<>(entries, true);
            T entry = left.next();
            entries.add(entry);
            weight += Weight.of(entry);
        }
        return new Page<>(entries, false);
    }
}
