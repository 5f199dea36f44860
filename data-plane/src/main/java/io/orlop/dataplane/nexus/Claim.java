package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import org.jspecify.annotations.Nullable;

/// What a nexus makes of what it finds on record in place of what it wanted to replace.
///
/// ```
///   it had written 5, wants 6; it finds
///     its own 6                     ─► KEPT        an earlier try took effect after all
///     nothing, its own 5, another's 3 ─► REPLACE     the store was restored, or an earlier life's write came late
///     another's 7                   ─► SUPERSEDED  a nexus that began later: it read 5 or 6, and began above
/// ```
enum Claim {
    KEPT,
    REPLACE,
    SUPERSEDED;

    /// @param known the greatest epoch that the nexus knows to have been on record
    static Claim of(@Nullable NexusInfo found, NexusInfo wanted, long known) {
        if (found == null) return REPLACE;
        if (found.equals(wanted)) return KEPT;
        boolean own = wanted.writer() != null && wanted.writer().equals(found.writer());
        return own || found.latestEpoch() <= known ? REPLACE : SUPERSEDED;
    }
}
