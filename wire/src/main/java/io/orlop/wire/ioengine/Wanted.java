package io.orlop.wire.ioengine;

import com.google.protobuf.StringValue;

/// Filters of lists: a filter that was not given lets everything through.
final class Wanted {
    private Wanted() {}

    static boolean by(boolean given, StringValue filter, String value) {
        return !given || filter.getValue().equals(value);
    }
}
