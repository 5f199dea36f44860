package io.orlop.store.etcd;

import io.orlop.etcd.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line client of the machine; without one, the test is skipped and says which package has it.
final class Etcdctl {
    private final Path program;
    private final int port;
    private final List<String> identity;

    private Etcdctl(Path program, int port, List<String> identity) {
        this.program = program;
        this.port = port;
        this.identity = identity;
    }

    static Etcdctl to(int port) {
        return new Etcdctl(Program.required("etcdctl", "etcd-client"), port, List.of());
    }

    Etcdctl as(String user, String password) {
        return new Etcdctl(program, port, List.of("--user", user + ":" + password));
    }

    /// @param exit what the process ended with
    /// @param said on both outputs
    record Result(int exit, String said) {}

    Result run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }

    /// What it says, when all goes well.
    String ok(String... arguments) throws IOException, InterruptedException {
        Result result = run(arguments);
        if (result.exit() != 0) throw new AssertionError(String.join(" ", arguments) + ": " + result.said());
        return result.said();
    }

    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--endpoints", "http://127.0.0.1:" + port));
        command.addAll(identity);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        return builder.start();
    }
}
