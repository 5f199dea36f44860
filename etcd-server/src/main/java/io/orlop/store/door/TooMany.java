package io.orlop.store.door;

import io.grpc.Status;
import io.orlop.store.api.Denial;
import java.nio.charset.StandardCharsets;

/// What whoever wants more than there is room for hears, in etcd's words: by gRPC, and as a page.
public final class TooMany {
    public static final Status STATUS = Status.RESOURCE_EXHAUSTED.withDescription(Denial.TOO_MANY_REQUESTS.text());

    static final int HTTP_STATUS = 429;
    static final String CONTENT_TYPE = "text/plain; charset=utf-8";

    /// An answer that is there already and cannot be kept. What was asked is done, which the client cannot know, as if
    /// the connection had broken.
    static final Status DROPPED = Status.UNAVAILABLE.withDescription("etcdserver: too many answers wait to be read");

    static final int DROPPED_HTTP_STATUS = 503;

    private TooMany() {}

    static byte[] page() {
        return page(STATUS);
    }

    static byte[] page(Status why) {
        return (why.getDescription() + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
