package io.orlop.wire.rpc;

import com.google.common.io.ByteStreams;
import io.grpc.MethodDescriptor;
import io.orlop.wire.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/// A Java interface as a gRPC service: `orlop.v1.{Interface}/{method}`. The request is the JSON array of the
/// arguments, the answer the JSON of the result; a method that returns a [Feed] answers with a stream. Method names
/// are unique within an interface.
final class Contract {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return ByteStreams.toByteArray(stream);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    };

    private Contract() {}

    static String service(Class<?> contract) {
        return "orlop.v1." + contract.getSimpleName();
    }

    static List<Procedure> procedures(Class<?> contract) {
        return Arrays.stream(contract.getMethods())
                .filter(method -> !method.isDefault())
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> Procedure.of(contract, method))
                .toList();
    }

    static boolean isRepeatable(Method method) {
        return method.isAnnotationPresent(Question.class) || method.isAnnotationPresent(Repeatable.class);
    }

    /// One method of a contract.
    ///
    /// @param feed whether it answers with a stream of results
    /// @param question whether it changes nothing
    record Procedure(
            Method method,
            MethodDescriptor<byte[], byte[]> descriptor,
            List<JavaType> parameters,
            JavaType result,
            boolean feed,
            boolean question,
            boolean repeatable) {
        static Procedure of(Class<?> contract, Method method) {
            var types = Json.mapper().getTypeFactory();
            boolean feed = method.getReturnType() == Feed.class;
            Type result = feed
                    ? ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0]
                    : method.getGenericReturnType();
            var descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(feed ? MethodDescriptor.MethodType.SERVER_STREAMING : MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(service(contract), method.getName()))
                    .setRequestMarshaller(BYTES)
                    .setResponseMarshaller(BYTES)
                    .build();
            return new Procedure(
                    method,
                    descriptor,
                    Arrays.stream(method.getGenericParameterTypes())
                            .map(types::constructType)
                            .toList(),
                    types.constructType(result),
                    feed,
                    method.isAnnotationPresent(Question.class),
                    isRepeatable(method));
        }

        byte[] encodeArguments(@Nullable Object @Nullable [] arguments) {
            var request = new ByteArrayOutputStream();
            try (JsonGenerator array = Json.mapper().createGenerator(request)) {
                array.writeStartArray();
                for (int i = 0; i < parameters.size(); i++) {
                    Object argument = arguments == null ? null : arguments[i];
                    if (argument == null) array.writeNull();
                    else Json.mapper().writerFor(parameters.get(i)).writeValue(array, argument);
                }
                array.writeEndArray();
            }
            return request.toByteArray();
        }

        @Nullable
        Object[] decodeArguments(byte[] request) {
            JsonNode array = Json.mapper().readTree(request);
            var arguments = new @Nullable Object[parameters.size()];
            for (int i = 0; i < arguments.length; i++) {
                JsonNode argument = array.get(i);
                arguments[i] = argument == null || argument.isNull()
                        ? null
                        : Json.mapper().treeToValue(argument, parameters.get(i));
            }
            return arguments;
        }

        byte[] encodeResult(@Nullable Object value) {
            return value == null ? new byte[0] : Json.mapper().writerFor(result).writeValueAsBytes(value);
        }

        @Nullable
        Object decodeResult(byte[] answer) {
            return answer.length == 0 ? null : Json.mapper().readValue(answer, result);
        }
    }
}
