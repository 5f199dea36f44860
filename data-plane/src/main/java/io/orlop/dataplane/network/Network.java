package io.orlop.dataplane.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Where connections come from and go to. A line whose other end is gone without a word breaks after half a minute,
/// also
/// where nothing is sent.
public interface Network {
    /// Listens at once; port 0 takes a free one.
    Listener listen(InetSocketAddress address) throws IOException;

    Line connect(InetSocketAddress to, Duration patience) throws IOException;

    static Network tcp() {
        return Tcp.NETWORK;
    }
}
