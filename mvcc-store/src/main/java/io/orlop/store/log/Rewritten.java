package io.orlop.store.log;

import io.orlop.store.api.Octets;
import java.util.List;

/// A segment has a new generation without the records that nobody needs any more. The old one stays readable until
/// the index points to the new one and nobody reads the old.
///
/// @param moves where each record that the index points to was and is
/// @param settles whether it has a footer and the old one had none
public record Rewritten(int replaced, List<Move> moves, boolean settles) {
    /// @param main the revision of the change
    /// @param sub its place in that revision
    public record Move(Octets key, long main, int sub, long from, long to) {}
}
