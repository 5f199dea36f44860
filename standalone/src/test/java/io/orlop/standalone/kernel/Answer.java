package io.orlop.standalone.kernel;

/// What a command in the guest came to: its exit code, and what it wrote (standard output and error, as they came).
public record Answer(int exitCode, String output) {
    public boolean succeeded() {
        return exitCode == 0;
    }
}
