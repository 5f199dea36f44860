package io.orlop.store.web;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import io.orlop.store.door.Encoded;
import io.orlop.store.door.Exchange;
import io.orlop.store.door.Method;
import io.orlop.store.door.Methods;
import io.orlop.store.door.TooMany;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The API as JSON, in the way of grpc-gateway: a `POST` for each method, bytes in base64, 64-bit numbers in quotes,
/// fields under the names of the protobuf files, streams as one object a line.
final class JsonGateway {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String NO_NAMES =
            "CommonName of client sending a request against gateway will be ignored and not used as expected\n";
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    /// Says to the services that the call came through here.
    private static final Metadata.Key<String> MARK =
            Metadata.Key.of("grpcgateway-accept", Metadata.ASCII_STRING_MARSHALLER);

    private static final String PLACE = "/v3/";

    /// What etcd 3.3 called it; etcd still answers there.
    private static final String FORMER_PLACE = "/v3beta/";

    private final Methods methods;
    private final Predicate<Attributes> shut;
    private final Turns turns;

    /// @param shut for whom there is no gateway: one whose certificate should say who he is, which it does not here
    JsonGateway(Methods methods, Predicate<Attributes> shut, Turns turns) {
        this.methods = methods;
        this.shut = shut;
        this.turns = turns;
    }

    static boolean isBehind(String path) {
        return path.startsWith(PLACE) || path.startsWith(FORMER_PLACE);
    }

    private static String current(String path) {
        return path.startsWith(FORMER_PLACE) ? PLACE + path.substring(FORMER_PLACE.length()) : path;
    }

    void serve(Exchange exchange, String path) {
        if (shut.test(exchange.attributes())) {
            exchange.answer(400, TEXT, GatewayError.bytes(NO_NAMES));
            return;
        }
        String name = Routes.method(current(path));
        Method<?, ?> method = name == null ? null : methods.named(name);
        if (method == null) {
            GatewayError.of(Status.NOT_FOUND.withDescription("Not Found")).answer(exchange);
        } else if (!exchange.method().equals("POST")) {
            GatewayError.of(Status.UNIMPLEMENTED.withDescription("Method Not Allowed"))
                    .answer(exchange);
        } else {
            call(exchange, method);
        }
    }

    private <Q, R> void call(Exchange exchange, Method<Q, R> method) {
        List<Q> requests;
        try {
            requests = requests(exchange, method);
        } catch (InvalidProtocolBufferException | JsonParseException e) {
            GatewayError.of(Status.INVALID_ARGUMENT.withDescription(e.getMessage()))
                    .answer(exchange);
            return;
        }
        JsonCall<Q, R> call = new JsonCall<>(exchange, method, turns::end);
        Metadata headers = metadata(exchange);
        long bytes = 0;
        for (Q request : requests) bytes += Encoded.sizeOf(request);
        Runnable turn = () -> {
            exchange.forgets();
            call.begin(headers, requests);
        };
        if (!exchange.keeps(bytes) || !turns.take(turn)) {
            exchange.forgets();
            GatewayError.of(TooMany.STATUS).answer(exchange);
            return;
        }
        exchange.whenGone(() -> {
            turns.leave(turn);
            call.gone();
        });
    }

    /// A request that is one message may be empty; of a stream, each object of the body is one.
    private static <Q> List<Q> requests(Exchange exchange, Method<Q, ?> method) throws InvalidProtocolBufferException {
        byte[] body = exchange.body();
        boolean single = method.descriptor().getType().clientSendsOneMessage();
        List<Q> requests = new ArrayList<>();
        int from = 0;
        for (int end = JsonSyntax.end(body, 0); end >= 0; end = JsonSyntax.end(body, from)) {
            requests.add(request(JsonParser.parseString(JsonSyntax.slice(body, from, end)), method));
            // What comes after the only one nobody reads.
            if (single) return requests;
            from = end;
        }
        return single ? List.of(method.parse(new byte[0])) : requests;
    }

    private static <Q> Q request(JsonElement element, Method<Q, ?> method) throws InvalidProtocolBufferException {
        if (!(method.requestPrototype() instanceof Message prototype)) {
            throw new InvalidProtocolBufferException(method.name() + " takes no JSON");
        }
        if (element.isJsonNull()) return method.parse(new byte[0]);
        Numbers.check(element, prototype.getDescriptorForType());
        Message.Builder builder = prototype.newBuilderForType();
        try {
            PARSER.merge(element.toString(), builder);
        } catch (InvalidProtocolBufferException e) {
            // Of all that it is asked to read, Java's decoder of bytes alone speaks of itself.
            if (e.getCause() == null || e.getCause().getClass() != IllegalArgumentException.class) throw e;
            throw new InvalidProtocolBufferException("illegal base64 data", e);
        }
        return method.parse(builder.build().toByteArray());
    }

    private static Metadata metadata(Exchange exchange) {
        Metadata metadata = new Metadata();
        String accept = exchange.header("accept");
        metadata.put(MARK, accept == null ? "*/*" : accept);
        String token = exchange.header("authorization");
        if (token != null) {
            metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), token);
        }
        return metadata;
    }
}
