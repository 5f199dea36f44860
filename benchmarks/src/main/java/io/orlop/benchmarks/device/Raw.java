package io.orlop.benchmarks.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the file itself can do, without a server or a network: fio with io_uring.
record Raw(Path file, boolean direct) {
    /// @param micros50 the median of an operation's time
    record Outcome(double perSecond, double micros50, double micros99) {}

    Outcome run(Load load, long region, double seconds) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                "fio",
                "--name=raw",
                "--ioengine=io_uring",
                "--filename=" + file,
                "--direct=" + (direct ? 1 : 0),
                "--rw=" + (load.sequential() ? "" : "rand") + (load.write() ? "write" : "read"),
                "--bs=" + load.bytes(),
                "--iodepth=" + load.depth(),
                "--size=" + region,
                "--time_based",
                "--ramp_time=1",
                "--runtime=" + Math.max(1, Math.round(seconds)),
                "--output-format=json"));
        Process fio = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(fio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (fio.waitFor() != 0) throw new IOException("fio failed: " + text);
        JsonNode job =
                JsonMapper.shared().readTree(text.substring(text.indexOf('{'))).at("/jobs/0");
        JsonNode side = job.get(load.write() ? "write" : "read");
        JsonNode percentiles = side.at("/clat_ns/percentile");
        return new Outcome(
                side.get("iops").asDouble(),
                percentiles.get("50.000000").asDouble() / 1e3,
                percentiles.get("99.000000").asDouble() / 1e3);
    }
}
