package io.orlop.standalone.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A program of this machine, run to its end.
final class Command {
    private Command() {}

    /// What it wrote to its standard output, whatever its exit code.
    static String output(String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
