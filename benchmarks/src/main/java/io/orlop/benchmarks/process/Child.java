package io.orlop.benchmarks.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of the benchmark that takes [Orders], and what it costs.
public final class Child implements AutoCloseable {
    /// The kernel counts in hundredths of a second.
    private static final double TICKS_PER_SECOND = 100;

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader();
        this.orders = process.outputWriter();
    }

    /// With this JVM's own options, but for the heap.
    ///
    /// @param log where it says what else it has to say
    public static Child start(Class<?> main, String heap, Path log, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-Xmx")) command.add(option);
        }
        command.addAll(List.of("-Xmx" + heap, "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new Child(
                main.getSimpleName(),
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    public long pid() {
        return process.pid();
    }

    /// Waits for the answer.
    public String order(String order) throws IOException {
        tell(order);
        return answer();
    }

    public void tell(String order) throws IOException {
        orders.write(order);
        orders.newLine();
        orders.flush();
    }

    public String answer() throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (!line.startsWith(Orders.MARK)) continue;
            String answer = line.substring(Orders.MARK.length());
            if (answer.startsWith("failed")) throw new IOException(name + " " + answer);
            return answer;
        }
        throw new IOException(name + " has ended; its log tells why");
    }

    /// Seconds of processor that it took until now.
    public double cpuSeconds() throws IOException {
        return cpuSeconds(process.toHandle());
    }

    public static double cpuSeconds(ProcessHandle process) throws IOException {
        String stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
        // The second field is a name in parentheses and may hold blanks; time in user space is the 14th, in the kernel
        // the 15th.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    public long residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid())))) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
        throw new IOException(name + " has no memory");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
