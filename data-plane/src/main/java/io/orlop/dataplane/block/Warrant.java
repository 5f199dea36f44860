package io.orlop.dataplane.block;

import java.io.IOException;

/// By whose leave something is done to a device: a host's, for as long as its connection lasts. What waits inside a
/// device looks again before each attempt, so that nothing is done for a host that was cut off and may have written
/// newer data since.
public interface Warrant {
    /// Nobody takes it back.
    Warrant STANDING = () -> true;

    /// Once it does not stand, it never does again.
    boolean stands();

    default void check() throws IOException {
        if (!stands()) throw new IOException("whoever asked for it was cut off");
    }
}
