package io.orlop.standalone.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A Linux machine to run commands on, as root: Debian's cloud kernel in QEMU, in software emulation, so that it works
/// inside any container. Expect hundreds of I/Os per second: it is here for correctness, not for speed.
///
/// ```
///  this JVM ── stdin, stdout ──▶ ttyS1 ── init: one command, one answer
///           ◀─ console.log ───── ttyS0 ── the kernel's own words
///  a port of this machine ◀──── 10.0.2.2 ── eth0 10.0.2.15
/// ```
///
/// Commands run one after the other; what should go on beside them is put into the background with its output in a
/// file (`dd … >/tmp/log 2>&1 &`).
public final class LinuxGuest implements AutoCloseable {
    /// Where the guest finds this machine.
    public static final String HOST_ADDRESS = "10.0.2.2";

    /// How the guest names itself to a target.
    public static final String HOST_ID = "0f0e2b4c-6a1d-4f6e-9d55-7c1f2d3e4a5b";
    public static final String HOST_NQN = "nqn.2014-08.org.nvmexpress:uuid:" + HOST_ID;

    /// Not a measure of anything: only so that a guest that hangs does not hang the build.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path folder;
    private final Process emulator;
    private final Writer toGuest;
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private int number;

    private LinuxGuest(GuestParts.Found parts) throws IOException {
        folder = Files.createTempDirectory("orlop-guest");
        Path image = folder.resolve("image.cpio");
        GuestImage.write(parts, image);
        emulator = new ProcessBuilder(emulation(parts, image))
                .redirectError(folder.resolve("emulator.log").toFile())
                .start();
        toGuest = emulator.outputWriter(StandardCharsets.US_ASCII);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(emulator::destroyForcibly));
        Thread.ofVirtual().name("guest answers").start(this::listen);
    }

    public static LinuxGuest boot(GuestParts.Found parts) throws IOException {
        var guest = new LinuxGuest(parts);
        try {
            guest.answer(0, "boot", PATIENCE);
            return guest;
        } catch (RuntimeException | Error failure) {
            guest.close();
            throw failure;
        }
    }

    /// Runs a shell command and waits for its end.
    public Answer run(String command) {
        return run(command, PATIENCE);
    }

    public Answer run(String command, Duration patience) {
        number++;
        try {
            toGuest.write(number + " " + Base64.getEncoder().encodeToString(command.getBytes(StandardCharsets.UTF_8)));
            toGuest.write("\n");
            toGuest.flush();
        } catch (IOException failure) {
            throw new IllegalStateException("the guest is gone; its console:\n" + console(), failure);
        }
        return answer(number, command, patience);
    }

    /// Runs a shell command that has to succeed, and returns what it wrote.
    public String expect(String command) {
        Answer answer = run(command);
        if (answer.succeeded()) return answer.output();
        throw new AssertionError("in the guest, %s: exit code %d\n%s\nits console:\n%s"
                .formatted(command, answer.exitCode(), answer.output(), lastOfConsole()));
    }

    /// What the guest's kernel has said since it booted.
    public String console() {
        try {
            return Files.readString(folder.resolve("console.log"), StandardCharsets.ISO_8859_1)
                    + Files.readString(folder.resolve("emulator.log"));
        } catch (IOException failure) {
            return "(no console: " + failure + ")";
        }
    }

    /// As abrupt as pulling the plug.
    @Override
    public void close() throws IOException {
        emulator.destroyForcibly();
        emulator.onExit().join();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }

    private Answer answer(int expected, String command, Duration patience) {
        try {
            Optional<String> line = answers.poll(patience.toSeconds(), TimeUnit.SECONDS);
            if (line == null) throw unfit("gave no answer in " + patience.toSeconds() + " s to: " + command);
            String[] parts =
                    line.orElseThrow(() -> unfit("died during: " + command)).split(" ", 3);
            if (parts.length < 2 || Integer.parseInt(parts[0]) != expected)
                throw unfit("answered out of turn: " + line);
            byte[] output = parts.length < 3 ? new byte[0] : Base64.getDecoder().decode(parts[2]);
            return new Answer(Integer.parseInt(parts[1]), new String(output, StandardCharsets.UTF_8));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the guest was busy with: " + command, interrupted);
        }
    }

    private IllegalStateException unfit(String why) {
        emulator.destroyForcibly();
        return new IllegalStateException("the guest " + why + "\nits console:\n" + lastOfConsole());
    }

    private String lastOfConsole() {
        var lines = console().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(emulator.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(Optional.of(line.strip()));
            }
        } catch (IOException closed) {
            // The end of the stream says the same.
        }
        answers.add(Optional.empty());
    }

    private List<String> emulation(GuestParts.Found parts, Path image) {
        return List.of(
                parts.emulator().toString(),
                "-accel",
                "tcg",
                "-machine",
                "pc",
                "-cpu",
                "max",
                "-smp",
                "1",
                "-m",
                "512",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-no-reboot",
                "-kernel",
                parts.kernel().toString(),
                "-initrd",
                image.toString(),
                "-append",
                "console=ttyS0 loglevel=6 panic=-1 tsc=reliable mitigations=off random.trust_cpu=on",
                "-serial",
                "file:" + folder.resolve("console.log"),
                "-chardev",
                "stdio,id=commands,signal=off",
                "-serial",
                "chardev:commands",
                "-netdev",
                "user,id=net,restrict=off",
                "-device",
                "virtio-net-pci,netdev=net,romfile=",
                "-device",
                "virtio-rng-pci");
    }
}
