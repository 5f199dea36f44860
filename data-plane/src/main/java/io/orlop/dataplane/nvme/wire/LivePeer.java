package io.orlop.dataplane.nvme.wire;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/// Lets TCP notice that the other end is gone without a word: after 10 s of silence it is asked every 5 s, and after
/// three questions without an answer the connection breaks. A host that lost power would else be waited for by who
/// has nothing to send to it, for ever.
public final class LivePeer {
    private static final int IDLE_S = 10;
    private static final int INTERVAL_S = 5;
    private static final int PROBES = 3;

    private LivePeer() {}

    public static void expectedOn(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_S);
        set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_S);
        set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }

    /// Where the system does not let a connection choose, its own two hours hold.
    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) channel.setOption(option, value);
    }
}
