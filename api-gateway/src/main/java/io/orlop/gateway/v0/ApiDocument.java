package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.node.StringNode;

/// What generators of clients need to know and cannot see in the controllers: which fields are always there, how each
/// operation is called, and that every error has the same body.
@Configuration(proxyBeanMethods = false)
class ApiDocument {
    @Bean
    OpenAPI about() {
        return new OpenAPI()
                .info(new Info()
                        .title("Orlop")
                        .version("v0")
                        .description("Volumes, their replicas and the pools and nodes that hold them."));
    }

    /// A text in quotes, as JSON has it.
    static {
        SpringDocUtils.getConfig().replaceWithClass(StringNode.class, String.class);
    }

    @Bean
    RecordFields recordFields() {
        return new RecordFields();
    }

    @Bean
    OpenApiCustomizer operationsAsClientsKnowThem() {
        return document -> {
            ModelConverters.getInstance().readAll(RestJsonError.class).forEach(document.getComponents()::addSchemas);
            document.getPaths().forEach((path, item) -> item.readOperationsMap()
                    .forEach((method, operation) -> describe(method, path, operation)));
        };
    }

    private static void describe(PathItem.HttpMethod method, String path, Operation operation) {
        operation.setOperationId(name(method, path));
        if (operation.getParameters() != null) {
            operation.setParameters(operation.getParameters().stream()
                    .filter(parameter -> !isOfAnotherPath(parameter, path))
                    .peek(parameter -> {
                        if (parameter.getIn().equals("path")) parameter.setRequired(true);
                    })
                    .toList());
        }
        var error = new Content()
                .addMediaType(
                        "application/json",
                        new MediaType().schema(new Schema<>().$ref("#/components/schemas/RestJsonError")));
        operation
                .getResponses()
                .addApiResponse(
                        "4XX",
                        new ApiResponse().description("The request is refused.").content(error))
                .addApiResponse(
                        "5XX",
                        new ApiResponse()
                                .description("It cannot be done now, or here.")
                                .content(error));
    }

    /// One handler may serve several paths that do not all have the same variables.
    private static boolean isOfAnotherPath(Parameter parameter, String path) {
        return parameter.getIn().equals("path") && !path.contains("{" + parameter.getName() + "}");
    }

    /// The words of the path, each in the singular where one of them is named: `get_node_pools`, `put_node_cordon`.
    private static String name(PathItem.HttpMethod method, String path) {
        var name = new StringBuilder(
                method == PathItem.HttpMethod.DELETE ? "del" : method.name().toLowerCase(Locale.ROOT));
        List<String> steps =
                Arrays.stream(path.substring("/v0/".length()).split("/")).toList();
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            if (step.startsWith("{")) continue;
            boolean one = i + 1 < steps.size() && steps.get(i + 1).startsWith("{");
            String words = step.replaceAll("\\{.*", "").replace('-', '_');
            name.append('_').append(one ? singular(words) : words);
        }
        return name.toString();
    }

    private static String singular(String words) {
        if (words.equals("nexuses")) return "nexus";
        if (words.equals("children")) return "child";
        return words.endsWith("s") ? words.substring(0, words.length() - 1) : words;
    }

    /// A field of a record is always there unless it is `@Nullable` or absent when empty.
    static final class RecordFields implements ModelConverter {
        @Override
        public @Nullable Schema<?> resolve(
                AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
            if (!chain.hasNext()) return null;
            Schema<?> schema = chain.next().resolve(type, context, chain);
            if (schema == null) return null;
            Class<?> asked = raw(type.getType());
            if (asked == null || !asked.isRecord()) return schema;
            Schema<?> described = schema;
            if (schema.get$ref() != null) {
                String name = schema.get$ref().substring(schema.get$ref().lastIndexOf('/') + 1);
                Schema<?> defined = context.getDefinedModels().get(name);
                if (defined == null) return schema;
                described = defined;
            }
            if (described.getProperties() == null) return schema;
            for (RecordComponent component : asked.getRecordComponents()) {
                String name = name(component);
                boolean known = described.getProperties().containsKey(name);
                boolean listed = described.getRequired() != null
                        && described.getRequired().contains(name);
                if (known && !listed && isAlwaysThere(component)) described.addRequiredItem(name);
            }
            return schema;
        }

        private static boolean isAlwaysThere(RecordComponent component) {
            return !component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                    && component.getAccessor().getAnnotation(AbsentWhenEmpty.class) == null;
        }

        private static String name(RecordComponent component) {
            JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
            return named == null ? component.getName() : named.value();
        }

        private static @Nullable Class<?> raw(Type type) {
            JavaType known = Json.mapper().constructType(type);
            return known == null ? null : known.getRawClass();
        }
    }
}
