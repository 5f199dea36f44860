package io.orlop.store.web;

import com.google.gson.JsonObject;
import io.grpc.Status;
import io.orlop.store.door.Exchange;
import java.nio.charset.StandardCharsets;

/// A refusal as the gateway says it: `{"error":"…","code":3,"message":"…"}`.
record GatewayError(int httpStatus, JsonObject json) {
    static GatewayError of(Status status) {
        String description = status.getDescription();
        String text = description == null ? status.getCode().toString() : description;
        JsonObject json = new JsonObject();
        json.addProperty("error", text);
        json.addProperty("code", status.getCode().value());
        json.addProperty("message", text);
        return new GatewayError(httpStatus(status.getCode()), json);
    }

    void answer(Exchange exchange) {
        exchange.answer(httpStatus, "application/json", bytes(json.toString()));
    }

    /// In the midst of a stream the status is long sent: the error is its last line.
    byte[] lastLine() {
        JsonObject line = new JsonObject();
        line.add("error", json);
        return bytes(line + "\n");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// As etcd 3.6 has it from grpc-gateway 2. What failed a precondition was 412 in 3.4, and is 400 since 3.5.
    private static int httpStatus(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }
}
