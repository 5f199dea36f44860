package io.orlop.store.log;

import io.orlop.store.api.Octets;
import java.util.List;

/// A segment has a new generation without the records that nobody needs any more. The old one stays readable until
/// the index points to the new one and nobody reads the old.
///
/// @param moves where each record that stays was and is
public record Rewritten(int replaced, List<Move> moves) {
    public record Move(Octets key, long from, long to) {}
}
