package io.orlop.store.etcd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The command line client of the machine; without one, the test is skipped and says which package has it.
final class Etcdctl {
    private final int port;
    private final List<String> identity;

    private Etcdctl(int port, List<String> identity) {
        this.port = port;
        this.identity = identity;
    }

    static Etcdctl to(int port) {
        assumeTrue(RealEtcd.onPath("etcdctl") != null, "no etcdctl on the PATH: install Debian's package etcd-client");
        return new Etcdctl(port, List.of());
    }

    Etcdctl as(String user, String password) {
        return new Etcdctl(port, List.of("--user", user + ":" + password));
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
        List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints", "http://127.0.0.1:" + port));
        command.addAll(identity);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        return builder.start();
    }
}
