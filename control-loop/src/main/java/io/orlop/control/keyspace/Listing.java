package io.orlop.control.keyspace;

import java.util.List;

/// Everything below a prefix as it was at one revision, sorted by key, however many pages it came in.
public record Listing(String prefix, List<KeyValue> entries, long revision) {
    public Listing {
        entries = List.copyOf(entries);
    }

    /// The listing of somebody who knows nothing yet: a watch that starts here lists first.
    public static Listing unknown(String prefix) {
        return new Listing(prefix, List.of(), 0);
    }

    public boolean isUnknown() {
        return revision == 0;
    }
}
