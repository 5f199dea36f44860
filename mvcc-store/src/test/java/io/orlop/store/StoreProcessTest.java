package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `./orlop store` ends, as whoever started it sees it.
class StoreProcessTest {
    @TempDir
    Path directory;

    @Test
    void endsWith0ByASignal() throws Exception {
        for (String signal : List.of("TERM", "INT")) {
            try (var store = new Store("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
                store.awaitReady();
                store.signal(signal);
                assertThat(store.rest()).isEmpty();
                assertThat(store.code()).as(signal).isZero();
            }
        }
    }

    /// It once waited for ever, for itself.
    @Test
    void saysWhyItsStopFailedAndEndsWith1() throws Exception {
        try (var store = new Store("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
            store.awaitReady();
            delete(data());
            store.signal("TERM");
            assertThat(store.rest()).anyMatch(line -> line.startsWith("store: the stop failed: "));
            assertThat(store.code()).isEqualTo(1);
        }
    }

    @Test
    void endsWith1WhereItCannotStart() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        try (var store = new Store("--data-dir", file.toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
            assertThat(store.rest()).singleElement().asString().contains("store: ", file.toString());
            assertThat(store.code()).isEqualTo(1);
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private static final class Store implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        Store(String... flags) throws IOException {
            var command = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StoreMain.class.getName()));
            command.addAll(List.of(flags));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            output = process.inputReader();
        }

        void awaitReady() throws IOException {
            var said = new StringBuilder();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("ready to serve client requests")) return;
                said.append(line).append('\n');
            }
            fail("it is not ready: " + said);
        }

        void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        }

        List<String> rest() {
            return output.lines().toList();
        }

        int code() throws InterruptedException {
            return process.waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
