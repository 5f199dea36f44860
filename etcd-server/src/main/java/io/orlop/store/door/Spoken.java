package io.orlop.store.door;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.StreamByteDistributor;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/// Shares the connection's window between its streams, evenly, and knows whether anything was sent: a client that
/// receives may ask how we are as often as it likes, since its questions measure the line.
final class Spoken implements StreamByteDistributor {
    private final UniformStreamByteDistributor even;
    private final Debts debts;
    private boolean spoken;

    Spoken(Http2Connection connection, Debts debts) {
        this.debts = debts;
        even = new UniformStreamByteDistributor(connection);
    }

    /// Whether data went out since the last question.
    boolean take() {
        boolean was = spoken;
        spoken = false;
        return was;
    }

    @Override
    public void updateStreamableBytes(StreamState state) {
        even.updateStreamableBytes(state);
    }

    @Override
    public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {
        even.updateDependencyTree(child, parent, weight, exclusive);
    }

    @Override
    public boolean distribute(int bytesMax, Writer writer) throws Http2Exception {
        return even.distribute(bytesMax, (stream, bytes) -> {
            spoken |= bytes > 0;
            debts.took(stream, bytes);
            writer.write(stream, bytes);
        });
    }
}
