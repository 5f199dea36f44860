package io.orlop.dataplane.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;

/// One connection's end: what one end writes the other reads, in order and unchanged, or the line breaks. Calls block
/// until at least a byte has moved. Closing it wakes who waits in it, with an exception.
public interface Line extends ReadableByteChannel, GatheringByteChannel {
    InetSocketAddress here() throws IOException;

    InetSocketAddress there() throws IOException;
}
