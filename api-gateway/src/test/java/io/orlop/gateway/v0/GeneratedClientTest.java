package io.orlop.gateway.v0;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that openapi-generator makes of our document compiles, and reads every answer.
class GeneratedClientTest extends Dialogue {
    private static final String PACKAGE = "generated";
    private static final Path GENERATOR = Path.of("target", "generator", "openapi-generator-cli.jar");

    @TempDir
    static Path folder;

    @BeforeAll
    static void theGeneratorIsHere() {
        assertThat(GENERATOR).as("the build copies it").isRegularFile();
    }

    @Test
    void readsEveryAnswer() throws Exception {
        // Given
        OpenApiDocument document = ours();
        Path spec = Files.writeString(
                folder.resolve("orlop-v0.json"), send("GET", "/v0/api/spec", "").body());
        generate(spec);
        compile();
        try (var loader = new URLClassLoader(
                new URL[] {folder.resolve("classes").toUri().toURL()},
                getClass().getClassLoader())) {
            var mapper = (ObjectMapper) loader.loadClass(PACKAGE + ".ApiClient")
                    .getMethod("createDefaultObjectMapper")
                    .invoke(null);
            Map<String, Method> operations = operations(loader);
            Class<?> error = loader.loadClass(PACKAGE + ".RestJsonError");
            var read = new HashSet<String>();

            for (Request request : REQUESTS) {
                String id = document.operation(request.method(), request.path())
                        .orElseThrow()
                        .id();
                Method operation = Objects.requireNonNull(operations.get(camel(id)), id);

                // When
                Answer answer = send(request);
                Object value = answer.body().isEmpty()
                        ? null
                        : mapper.readValue(
                                answer.body(),
                                mapper.constructType(answer.status() < 400 ? operation.getGenericReturnType() : error));

                // Then
                if (answer.status() == 204) {
                    assertThat(operation.getReturnType()).as(id).isEqualTo(void.class);
                } else {
                    assertThat(value).as(request.toString()).isNotNull();
                }
                read.add(camel(id));
            }
            assertThat(read).containsExactlyInAnyOrderElementsOf(operations.keySet());
        }
    }

    private static void generate(Path spec) throws Exception {
        Path said = folder.resolve("generator.log");
        Process generator = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        GENERATOR.toString(),
                        "generate",
                        "--input-spec",
                        spec.toString(),
                        "--generator-name",
                        "java",
                        "--library",
                        "native",
                        "--output",
                        folder.resolve("client").toString(),
                        "--invoker-package",
                        PACKAGE,
                        "--api-package",
                        PACKAGE,
                        "--model-package",
                        PACKAGE,
                        "--additional-properties",
                        "openApiNullable=false,useJakartaEe=true,hideGenerationTimestamp=true",
                        "--global-property",
                        "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(generator.waitFor()).as(Files.readString(said)).isZero();
    }

    private static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        try (Stream<Path> files = Files.walk(folder.resolve("client/src/main/java"));
                var sources = compiler.getStandardFileManager(null, null, null)) {
            List<Path> java =
                    files.filter(path -> path.toString().endsWith(".java")).toList();
            List<String> options = List.of(
                    "-proc:none",
                    "-nowarn",
                    "-classpath",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    "-d",
                    folder.resolve("classes").toString());
            assertThat(compiler.getTask(said, sources, null, options, null, sources.getJavaFileObjectsFromPaths(java))
                            .call())
                    .as(said.toString())
                    .isTrue();
        }
    }

    /// The methods of the generated API classes that return the body, by name.
    private static Map<String, Method> operations(ClassLoader loader) throws Exception {
        var all = new TreeMap<String, Method>();
        try (Stream<Path> classes = Files.list(folder.resolve("classes").resolve(PACKAGE))) {
            for (Path file : classes.filter(path -> path.toString().endsWith("Api.class"))
                    .toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                Arrays.stream(loader.loadClass(PACKAGE + "." + name).getMethods())
                        .filter(method ->
                                method.getDeclaringClass().getSimpleName().equals(name))
                        .filter(method -> method.getName().matches("(get|put|del)[A-Z]\\w*"))
                        .filter(method -> !method.getName().endsWith("WithHttpInfo"))
                        .forEach(method -> all.put(method.getName(), method));
            }
        }
        return all;
    }

    private static String camel(String id) {
        return Pattern.compile("_(\\w)").matcher(id).replaceAll(match -> match.group(1)
                .toUpperCase(Locale.ROOT));
    }
}
