package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;

/// One fact of the stream that registry-service sends: first every node as it is, then [Complete], then each node that
/// changes. Later facts of a node replace earlier ones.
public sealed interface Observation {
    Cursor at();

    record Seen(Cursor at, NodeObservation node) implements Observation {}

    /// The node's spec was deleted.
    record Forgotten(Cursor at, NodeId node) implements Observation {}

    /// Everything known when the stream was opened has been sent.
    record Complete(Cursor at) implements Observation {}

    /// A place in the stream. From a cursor of the same epoch the stream resumes with what changed since; from any
    /// other it starts over.
    record Cursor(String epoch, long sequence) {
        public static final Cursor START = new Cursor("", 0);

        /// Whether what is at `other` has been seen here.
        public boolean covers(Cursor other) {
            return epoch.equals(other.epoch) && sequence >= other.sequence;
        }
    }
}
