package io.orlop.dataplane.network;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Takes connections at an address, until it is closed.
public interface Listener extends Closeable {
    InetSocketAddress address() throws IOException;

    /// Waits for the next one.
    ///
    /// @throws java.nio.channels.ClosedChannelException once it is closed
    Line accept() throws IOException;

    boolean isOpen();
}
