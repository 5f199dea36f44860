package io.orlop.wire.ioengine;

import io.orlop.model.Refusal;

/// A number where an enum of the API has no value: what a newer peer may send.
final class Unrecognized {
    private Unrecognized() {}

    static Refusal value(String what) {
        return new Refusal.Invalid(
                "this %s is none that io-engine API v1 of October 2024 knows".formatted(what),
                "send one of the values of that API");
    }
}
