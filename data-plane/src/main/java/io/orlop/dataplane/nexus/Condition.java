package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.ChildReason;
import java.time.Instant;
import java.util.Optional;

/// How a copy stands to its nexus.
///
/// ```
///                 added                 rebuilt and flushed
///   (nothing) ───────────► OutOfSync ──────────────────────► Synced ──┐ the way to it is made anew
///                           ▲     │ fails                 fails │ ▲───┘
///                    online │     ▼                             ▼
///                           └── Faulted ◄───────────────────────┘          each of them ──► Closed
/// ```
///
/// Every arrow takes the next number of the nexus, its epoch ([Child.Standing]): who decides something by what a copy
/// was, decides nothing about what it has become since, however alike they look.
sealed interface Condition {
    /// Whole: read from and written to.
    record Synced(BlockDevice open) implements Condition {}

    /// Written to, but not read from, until a rebuild has made it whole.
    record OutOfSync(BlockDevice open) implements Condition {}

    /// Neither.
    record Faulted(ChildReason reason, boolean recoverable, Instant since) implements Condition {}

    /// Let go, by its nexus or with it.
    record Closed() implements Condition {}

    default Optional<BlockDevice> device() {
        return switch (this) {
            case Synced(BlockDevice open) -> Optional.of(open);
            case OutOfSync(BlockDevice open) -> Optional.of(open);
            case Faulted _, Closed _ -> Optional.empty();
        };
    }

    /// Above all nothing becomes whole that was not rebuilt.
    default boolean mayBecome(Condition next) {
        return switch (next) {
            case Synced _ -> this instanceof Synced || this instanceof OutOfSync;
            case OutOfSync _ -> this instanceof Faulted;
            case Faulted _, Closed _ -> !(this instanceof Closed);
        };
    }
}
