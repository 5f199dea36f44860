package io.orlop.store.etcd;

import io.orlop.etcd.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The command line client of the machine; without one, the test is skipped and says which package has it.
final class Etcdctl {
    private final Path program;
    private final String authority;
    private final List<String> identity;

    private Etcdctl(Path program, String authority, List<String> identity) {
        this.program = program;
        this.authority = authority;
        this.identity = identity;
    }

    static Etcdctl to(int port) {
        return to("127.0.0.1:" + port);
    }

    /// @param authority `host:port`
    static Etcdctl to(String authority) {
        return new Etcdctl(Program.required("etcdctl", "etcd-client"), authority, List.of());
    }

    Etcdctl as(String user, String password) {
        return new Etcdctl(program, authority, List.of("--user", user + ":" + password));
    }

    /// @param exit what the process ended with
    /// @param said on the one output
    /// @param complained on the other
    record Result(int exit, String said, String complained) {
        /// What it gave up with.
        String complaint() {
            return complained.lines().reduce("", (_, last) -> last);
        }
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return run(List.of(), arguments);
    }

    /// @param input what it is told, line by line
    Result run(List<String> input, String... arguments) throws IOException, InterruptedException {
        Process process = builder(arguments).start();
        try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line : input) writer.write(line + "\n");
        } catch (IOException notListening) {
            // It ended without reading.
        }
        CompletableFuture<String> complained = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> complained.complete(all(process.getErrorStream())));
        String said = all(process.getInputStream());
        return new Result(process.waitFor(), said, complained.join());
    }

    private static String all(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it says, when all goes well.
    String ok(String... arguments) throws IOException, InterruptedException {
        Result result = run(arguments);
        if (result.exit() != 0) throw new AssertionError(String.join(" ", arguments) + ": " + result);
        return result.said();
    }

    /// The same, of several members on a busy machine: they may have to agree on a leader first, or again. For what may
    /// be done twice.
    String okInTheEnd(String... arguments) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 20; attempt++) {
            Result result = run(arguments);
            if (result.exit() == 0) return result.said();
            Thread.sleep(200);
        }
        return ok(arguments);
    }

    /// Both outputs in one, for a command that goes on.
    Process start(String... arguments) throws IOException {
        return builder(arguments).redirectErrorStream(true).start();
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--endpoints", authority));
        command.addAll(identity);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ETCDCTL_API", "3");
        return builder;
    }
}
