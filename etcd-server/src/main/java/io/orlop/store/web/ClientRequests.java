package io.orlop.store.web;

import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// How many calls came in which version of the API, as clients say it; those who say nothing are `unknown`.
///
/// What a client says is kept as long as the process lives, so only the first versions have figures of their own.
public final class ClientRequests {
    static final int VERSIONS_MAX = 100;
    private static final int VERSION_BYTES_MAX = 32;
    private static final String UNKNOWN = "unknown";
    private static final String OTHER = "other";

    private final Map<String, LongAdder> unary = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> streams = new ConcurrentHashMap<>();

    /// @param version null if the client did not say it
    public void add(MethodDescriptor.MethodType type, @Nullable String version) {
        Map<String, LongAdder> counts = type == MethodDescriptor.MethodType.UNARY ? unary : streams;
        String name = version == null ? UNKNOWN : version;
        LongAdder count = counts.get(name);
        if (count == null) count = counts.computeIfAbsent(known(counts, name), _ -> new LongAdder());
        count.increment();
    }

    private static String known(Map<String, LongAdder> counts, String version) {
        boolean fits = version.length() <= VERSION_BYTES_MAX && counts.size() < VERSIONS_MAX;
        return fits || version.equals(UNKNOWN) ? version : OTHER;
    }

    void describe(Exposition out) {
        out.family("etcd_server_client_requests_total", "Calls by the client's version of the API.", "counter");
        describe(out, "stream", streams);
        describe(out, "unary", unary);
    }

    private static void describe(Exposition out, String type, Map<String, LongAdder> counts) {
        counts.forEach((version, count) -> out.sample(
                "etcd_server_client_requests_total",
                "client_api_version=\"" + Exposition.escaped(version) + "\",type=\"" + type + "\"",
                count.sum()));
    }
}
