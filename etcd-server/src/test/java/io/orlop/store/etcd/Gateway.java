package io.orlop.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Calls as JSON over HTTP.
record Gateway(SSLSocketFactory tls, String endpoint) {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    private static final Map<String, String> PATHS = Map.of(
            KVGrpc.getRangeMethod().getFullMethodName(), "/v3/kv/range",
            KVGrpc.getPutMethod().getFullMethodName(), "/v3/kv/put",
            KVGrpc.getDeleteRangeMethod().getFullMethodName(), "/v3/kv/deleterange",
            KVGrpc.getTxnMethod().getFullMethodName(), "/v3/kv/txn",
            KVGrpc.getCompactMethod().getFullMethodName(), "/v3/kv/compaction",
            LeaseGrpc.getLeaseGrantMethod().getFullMethodName(), "/v3/lease/grant",
            LeaseGrpc.getLeaseRevokeMethod().getFullMethodName(), "/v3/kv/lease/revoke",
            LeaseGrpc.getLeaseTimeToLiveMethod().getFullMethodName(), "/v3/kv/lease/timetolive",
            LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName(), "/v3/lease/keepalive");

    static boolean serves(Call call) {
        return PATHS.containsKey(call.method().getFullMethodName());
    }

    record Said(int status, JsonObject json) {}

    /// Status and body, without what is each server's own.
    Said answer(Call call) {
        return answer(call, null);
    }

    /// @param token of the user who asks; null for nobody
    Said answer(Call call, @Nullable String token) {
        try {
            URI uri = URI.create(endpoint + PATHS.get(call.method().getFullMethodName()));
            // The JDK's newer client does not take the trailers that etcd sends behind a body.
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            if (connection instanceof HttpsURLConnection secured) secured.setSSLSocketFactory(tls);
            if (token != null) connection.setRequestProperty("Authorization", token);
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(PRINTER.print(call.request()).getBytes(UTF_8));
            }
            // What is 412 of a 3.4 is 400 of all later ones.
            int status = connection.getResponseCode() == 412 ? 400 : connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Said(status, withoutIdentity(new String(in.readAllBytes(), UTF_8)));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject withoutIdentity(String body) {
        JsonObject whole = JsonParser.parseString(body).getAsJsonObject();
        // Of a stream each message is wrapped once more.
        JsonObject answer = whole.get("result") instanceof JsonObject result ? result : whole;
        if (answer.get("header") instanceof JsonObject header) {
            header.remove("cluster_id");
            header.remove("member_id");
            header.remove("raft_term");
        }
        if (answer.has("grantedTTL") && answer.has("TTL") && answer.get("TTL").getAsLong() > 0)
            answer.addProperty("TTL", "1");
        return whole;
    }
}
