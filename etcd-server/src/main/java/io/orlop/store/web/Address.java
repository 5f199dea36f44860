package io.orlop.store.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/// A path and what is asked of it.
record Address(String path, Map<String, List<String>> query) {
    static Address of(String uri) {
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(uri);
            return new Address(decoder.path(), decoder.parameters());
        } catch (IllegalArgumentException malformed) {
            return new Address(uri, Map.of());
        }
    }

    boolean has(String name) {
        return query.containsKey(name);
    }

    List<String> values(String name) {
        return query.getOrDefault(name, List.of());
    }
}
