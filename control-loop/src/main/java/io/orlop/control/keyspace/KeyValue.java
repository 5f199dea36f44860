package io.orlop.control.keyspace;

/// One key as the store holds it.
///
/// @param createRevision the revision that made the key; it changes when the key is deleted and made again
/// @param modRevision the revision that last wrote it
/// @param lease the lease that keeps it alive, 0 for none
public record KeyValue(String key, byte[] value, long createRevision, long modRevision, long lease) {
    public KeyValue {
        if (createRevision < 1 || modRevision < createRevision) {
            throw new IllegalArgumentException(
                    key + " was created at revision " + createRevision + " and written at " + modRevision);
        }
    }
}
