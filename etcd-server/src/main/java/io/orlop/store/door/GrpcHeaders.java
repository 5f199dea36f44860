package io.orlop.store.door;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// gRPC's metadata as header fields of HTTP/2, and back.
final class GrpcHeaders {
    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
    private static final AsciiString TIMEOUT = AsciiString.cached("grpc-timeout");
    private static final Http2Headers BEGINNING = ReadOnlyHttp2Headers.serverHeaders(false, OK, CONTENT_TYPE, GRPC);
    private static final Http2Headers FINE = ReadOnlyHttp2Headers.trailers(false, STATUS, AsciiString.cached("0"));

    /// What belongs to the protocol and not to the call.
    private static final Set<String> NOT_METADATA =
            Set.of("content-type", "te", "grpc-encoding", "grpc-accept-encoding", "grpc-timeout", "content-length");

    /// What a client said in vain need not be repeated to it at length.
    private static final int REPEATED_CHARS_MAX = 200;

    private GrpcHeaders() {}

    static String cut(String text) {
        return text.length() <= REPEATED_CHARS_MAX ? text : text.substring(0, REPEATED_CHARS_MAX) + "…";
    }

    static Metadata metadata(Http2Headers headers) {
        Metadata metadata = new Metadata();
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (name.charAt(0) == ':') continue;
            String key = name.toString();
            if (NOT_METADATA.contains(key)) continue;
            put(metadata, key, field.getValue().toString());
        }
        return metadata;
    }

    static void put(Metadata metadata, String key, String value) {
        try {
            if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                for (String one : value.split(",")) {
                    metadata.put(
                            Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER),
                            Base64.getDecoder().decode(one));
                }
            } else {
                metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value);
            }
        } catch (IllegalArgumentException strange) {
            // A name or a value that gRPC does not know is nobody's metadata.
        }
    }

    /// How messages may be encoded, for a client that chose another way.
    static Metadata readable() {
        Metadata readable = new Metadata();
        readable.put(Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER), "identity");
        return readable;
    }

    static boolean isEmpty(@Nullable Metadata metadata) {
        return metadata == null || metadata.keys().isEmpty();
    }

    static Http2Headers beginning(@Nullable Metadata metadata) {
        if (metadata == null || isEmpty(metadata)) return BEGINNING;
        Http2Headers headers = new DefaultHttp2Headers(false).status(OK).set(CONTENT_TYPE, GRPC);
        return with(headers, metadata);
    }

    /// @param alone whether nothing was said before
    static Http2Headers ending(Status status, Metadata metadata, boolean alone) {
        if (status.isOk() && !alone && metadata.keys().isEmpty()) return FINE;
        Http2Headers headers = new DefaultHttp2Headers(false);
        if (alone) headers.status(OK).set(CONTENT_TYPE, GRPC);
        headers.set(STATUS, Integer.toString(status.getCode().value()));
        String description = status.getDescription();
        if (description != null) headers.set(MESSAGE, percentEncoded(description));
        return with(headers, metadata);
    }

    private static Http2Headers with(Http2Headers headers, Metadata metadata) {
        for (String key : metadata.keys()) {
            if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                var values = metadata.getAll(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER));
                if (values == null) continue;
                for (byte[] value : values) {
                    headers.add(key, Base64.getEncoder().withoutPadding().encodeToString(value));
                }
            } else {
                var values = metadata.getAll(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
                if (values == null) continue;
                for (String value : values) headers.add(key, value);
            }
        }
        return headers;
    }

    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') encoded.append((char) b);
            else encoded.append("%%%02X".formatted(b));
        }
        return encoded.toString();
    }

    /// What is wrong with how long the client says that it waits, in grpc-go's words; null if nothing is.
    static @Nullable Status malformedTimeout(Http2Headers headers) {
        CharSequence text = headers.get(TIMEOUT);
        if (text == null) return null;
        String flaw = flaw(text.toString());
        return flaw == null ? null : Status.INTERNAL.withDescription("malformed grpc-timeout: " + flaw);
    }

    private static @Nullable String flaw(String text) {
        if (text.length() < 2) return "transport: timeout string is too short: \"" + text + "\"";
        if (text.length() > 9) return "transport: timeout string is too long: \"" + cut(text) + "\"";
        if (unit(text) == null) return "transport: timeout unit is not recognized: \"" + text + "\"";
        String amount = text.substring(0, text.length() - 1);
        return amount.matches("[+-]?[0-9]+") ? null : "strconv.ParseInt: parsing \"" + amount + "\": invalid syntax";
    }

    private static @Nullable TimeUnit unit(CharSequence timeout) {
        return switch (timeout.charAt(timeout.length() - 1)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
    }

    /// @return how long the client waits, in nanoseconds, which is not malformed; 0 for as long as it takes
    static long timeoutNanos(Http2Headers headers) {
        CharSequence text = headers.get(TIMEOUT);
        TimeUnit unit = text == null ? null : unit(text);
        if (text == null || unit == null) return 0;
        return Math.max(1, unit.toNanos(Long.parseLong(text, 0, text.length() - 1, 10)));
    }
}
