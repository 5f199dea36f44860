package io.orlop.wire.rpc;

import io.orlop.model.Refusal;

/// What one message may carry. gRPC refuses larger ones where they arrive, in words that could mean anything; here
/// they are refused where they are made, by whoever knows what they are.
final class MessageSize {
    /// gRPC's own limit, at every receiver that was not told another.
    static final int MOST = 4 << 20;

    private MessageSize() {}

    static byte[] ofRequest(String method, byte[] request) {
        if (request.length <= MOST) return request;
        throw new Refusal.Invalid(
                        "a request to %s has %d bytes, and a message carries %d"
                                .formatted(method, request.length, MOST),
                        "ask for less at a time")
                .exception();
    }

    /// It was done all the same: what is too large is only the answer.
    static byte[] ofAnswer(String method, byte[] answer) {
        if (answer.length <= MOST) return answer;
        throw new Refusal.Failed(
                        "the answer of %s has %d bytes, and a message carries %d"
                                .formatted(method, answer.length, MOST),
                        "ask for fewer at a time")
                .exception();
    }
}
