package io.orlop.store;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `./orlop store` in a process of its own.
public final class StoreProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("^ready to serve client requests on port (\\d+)");

    private final Process process;
    private final BufferedReader output;
    private final List<String> saidBefore = new ArrayList<>();

    public StoreProcess(String... flags) throws IOException {
        this(List.of(), flags);
    }

    /// @param before what the command begins with, such as `prlimit` with its options
    StoreProcess(List<String> before, String... flags) throws IOException {
        // Who runs the test in the background has it ignore SIGINT.
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                StoreMain.class.getName()));
        command.addAll(0, before);
        command.addAll(List.of(flags));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = process.inputReader();
    }

    /// @return the port
    public int awaitReady() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) return Integer.parseInt(ready.group(1));
            saidBefore.add(line);
        }
        return fail("it is not ready: " + saidBefore);
    }

    /// What it said before it was ready.
    public List<String> saidBefore() {
        return saidBefore;
    }

    public void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    public List<String> rest() {
        return output.lines().toList();
    }

    public int code() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
