package io.orlop.store.door;

import java.nio.charset.StandardCharsets;

/// A frame of HTTP/2, as it came.
record Frame(int type, int flags, int stream, byte[] payload) {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    boolean ends() {
        return (flags & END_STREAM) != 0;
    }

    /// Of what is not compressed, this much can be read.
    String text() {
        return new String(payload, StandardCharsets.ISO_8859_1);
    }

    /// Of a GOAWAY.
    int error() {
        return payload[7];
    }
}
