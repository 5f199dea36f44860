package io.orlop.gateway.v0;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An OpenAPI document that requests and answers can be held against.
final class OpenApiDocument {
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    private final JsonNode root;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<JsonNode, Schema> schemas = new HashMap<>();

    private OpenApiDocument(JsonNode root, String base) {
        this.root = root;
        root.get("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> operations.add(new Operation(
                        method.getKey().toUpperCase(Locale.ROOT), base + path.getKey(), method.getValue()))));
    }

    /// @param base what stands before its paths
    static OpenApiDocument of(JsonNode root, String base) {
        return new OpenApiDocument(root, base);
    }

    static OpenApiDocument upstream() {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(1_000);
        try (InputStream yaml = OpenApiDocument.class.getResourceAsStream("upstream-v0.yaml")) {
            Map<String, Object> read = new Yaml(options).load(Objects.requireNonNull(yaml));
            return new OpenApiDocument(JsonMapper.shared().valueToTree(read), "/v0");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param path as in the document: `/v0/volumes/{volume_id}`
    record Operation(String method, String path, JsonNode described) {
        String id() {
            return described.get("operationId").asString();
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }

    /// The operation that a request means; where several paths match, the one with the fewest variables.
    Optional<Operation> operation(String method, String target) {
        String path = target.replaceAll("\\?.*", "");
        return operations.stream()
                .filter(operation -> operation.method().equals(method))
                .filter(operation -> pattern(operation.path()).matcher(path).matches())
                .min((one, other) -> Long.compare(variables(one), variables(other)));
    }

    private static Pattern pattern(String path) {
        String words = "\\Q" + path.replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q") + "\\E";
        return Pattern.compile(words);
    }

    private static long variables(Operation operation) {
        return operation.path().chars().filter(c -> c == '{').count();
    }

    /// What is wrong with the body of a request; nothing, if the operation would take it.
    List<String> faultsOfRequest(Operation operation, String body) {
        JsonNode asked = operation.described().at("/requestBody/content/application~1json/schema");
        if (asked.isMissingNode()) return body.isEmpty() ? List.of() : List.of("no body is expected");
        return faults(asked, JsonMapper.shared().readTree(body));
    }

    /// What is wrong with an answer; nothing, if the document promises it.
    List<String> faultsOfAnswer(Operation operation, int status, String body) {
        JsonNode answer = answer(operation, status);
        if (answer == null) return List.of("status %d is not described".formatted(status));
        JsonNode content = answer.get("content");
        if (content == null) return body.isEmpty() ? List.of() : List.of("no body is expected: " + body);
        JsonNode schema = content.properties().iterator().next().getValue().get("schema");
        return faults(schema, JsonMapper.shared().readTree(body));
    }

    private static @Nullable JsonNode answer(Operation operation, int status) {
        JsonNode answers = operation.described().get("responses");
        JsonNode exact = answers.get(String.valueOf(status));
        return exact != null ? exact : answers.get(status / 100 + "XX");
    }

    List<String> faults(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, this::whole).validate(value).stream()
                .map(Error::toString)
                .toList();
    }

    /// What it refers to is looked up from its root.
    private Schema whole(JsonNode schema) {
        ObjectNode whole = JsonMapper.shared().createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", root.get("components"));
        return registry.getSchema(whole);
    }

    JsonNode schema(String name) {
        return root.at("/components/schemas/" + name);
    }
}
