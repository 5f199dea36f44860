package io.orlop.store.proof;

import io.orlop.store.api.Event;
import java.util.List;

/// What a watcher was told, and what it asked.
sealed interface Heard {
    /// It asks for all from this revision on: at first, and after each break.
    record Asked(long from) implements Heard {}

    record Events(List<Event> events) implements Heard {}

    record Progress(long revision) implements Heard {}

    /// What it wants is gone; it hears nothing more.
    record Compacted(long revision) implements Heard {}
}
