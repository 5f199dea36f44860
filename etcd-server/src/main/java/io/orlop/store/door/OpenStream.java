package io.orlop.store.door;

import io.netty.buffer.ByteBuf;

/// Who serves one stream of an HTTP/2 connection. Called by the connection's thread.
interface OpenStream {
    /// More of the request.
    ///
    /// @param end whether it was the last
    /// @return how many of the bytes are dealt with; the client may send so many more
    int data(ByteBuf bytes, boolean end);

    /// The stream is over, perhaps before its time.
    void closed();

    /// The door closes.
    void farewell();
}
