package io.orlop.dataplane.disk;

import io.orlop.model.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `aio:///dev/sdb?blk_size=4096`, `malloc:///name?size_mb=64`; a plain path means `aio://`.
///
/// @param path begins with a slash
record DiskUri(String scheme, String path, Map<String, String> parameters) {
    static DiskUri parse(String uri) {
        String full = uri.startsWith("/") ? "aio://" + uri : uri;
        int slashes = full.indexOf("://");
        if (slashes < 1) throw invalid(uri, "write aio:///path/of/disk, or malloc:///name?size_mb=64");
        String rest = full.substring(slashes + 3);
        int question = rest.indexOf('?');
        String path = question < 0 ? rest : rest.substring(0, question);
        if (!path.startsWith("/") || path.length() < 2) throw invalid(uri, "give an absolute path after ://");
        return new DiskUri(
                full.substring(0, slashes), path, parameters(uri, question < 0 ? "" : rest.substring(question + 1)));
    }

    private static Map<String, String> parameters(String uri, String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String parameter : query.split("&")) {
            if (parameter.isEmpty()) continue;
            int equals = parameter.indexOf('=');
            if (equals < 1) throw invalid(uri, "write each parameter as name=value");
            parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return parameters;
    }

    long number(String name, long otherwise) {
        String text = parameters.get(name);
        if (text == null) return otherwise;
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw invalid(toString(), "give a number for " + name);
        }
    }

    /// Unknown ones are refused: a misspelt one would silently mean something else.
    void checkParameters(String... known) {
        for (String name : parameters.keySet()) {
            if (!List.of(known).contains(name)) {
                throw invalid(toString(), "leave out '%s'; known are %s".formatted(name, String.join(", ", known)));
            }
        }
    }

    static RuntimeException invalid(String uri, String remedy) {
        return new Refusal.Invalid("'%s' is not a disk's URI".formatted(uri), remedy).exception();
    }

    @Override
    public String toString() {
        String query = String.join(
                "&",
                parameters.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                        .toList());
        return scheme + "://" + path + (query.isEmpty() ? "" : "?" + query);
    }
}
