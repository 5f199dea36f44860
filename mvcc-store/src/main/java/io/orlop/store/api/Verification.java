package io.orlop.store.api;

import java.util.List;

/// What came of reading everything back.
///
/// @param records puts and tombstones that were read, those that nobody needs any more included
/// @param keys keys that have a history
/// @param revision up to which everything was looked at
/// @param compacted the revision before which history is gone; -1 if nothing is compacted
/// @param findings what is wrong, one sentence each; empty if all is well
public record Verification(long records, long keys, long revision, long compacted, List<String> findings) {
    public boolean isWell() {
        return findings.isEmpty();
    }
}
