package io.orlop.wire.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a list as REST v0 counts it.
///
/// @param next the number that the next part is asked for by; `null` at the end. It stands for a place that does not
///     move, and is the number of entries before it where nobody else was given that number
public record NumberedPage<T>(List<T> entries, @Nullable Integer next) {
    public NumberedPage {
        entries = List.copyOf(entries);
    }
}
