package io.orlop.benchmarks.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `./orlop demo` as a user starts it, in a folder of its own, on ports of its own.
final class RunningDemo implements AutoCloseable {
    static final int REST_PORT = 18081;

    private final Process process;
    private final long readyMs;

    private RunningDemo(Process process, long readyMs) {
        this.process = process;
        this.readyMs = readyMs;
    }

    static RunningDemo start(Path home, Path directory, List<String> more) throws IOException {
        var command = new ArrayList<>(List.of(
                home.resolve("orlop").toString(),
                "demo",
                "--dir",
                directory.toString(),
                "--rest-port",
                String.valueOf(REST_PORT),
                "--store-port",
                "12379",
                "--nvme-port",
                "18420",
                "--pool-size",
                "4GiB"));
        command.addAll(more);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        var said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith("orlop is ready")) {
                long readyMs = (System.nanoTime() - start) / 1_000_000;
                Thread.ofVirtual().start(() -> drain(output));
                return new RunningDemo(process, readyMs);
            }
        }
        throw new IOException("the demo did not become ready:\n" + said);
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {}
        } catch (IOException ended) {
            // It ends with the process.
        }
    }

    long readyMs() {
        return readyMs;
    }

    /// Resident memory of the demo's JVM.
    long residentMib() throws IOException {
        long kib = 0;
        for (ProcessHandle handle : family()) {
            Path status = Path.of("/proc/%d/status".formatted(handle.pid()));
            if (!Files.exists(status)) continue;
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) kib += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kib / 1024;
    }

    private List<ProcessHandle> family() {
        var all = new ArrayList<ProcessHandle>();
        all.add(process.toHandle());
        process.descendants().forEach(all::add);
        return all;
    }

    @Override
    public void close() {
        family().forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) family().forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException hurried) {
            family().forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }
}
