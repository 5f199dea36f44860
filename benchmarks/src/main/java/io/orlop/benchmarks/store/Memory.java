package io.orlop.benchmarks.store;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What history costs in resident memory, and what is left of it when the history is gone.
/// ```
///   keys ─► just filled ─► ten times as many puts ─► with history ─► compact, defragment, nothing ─► given back?
/// ```
record Memory(List<Contender> contenders, Requests requests, long revisions, Duration quiet, Table table) {
    void run() throws IOException, InterruptedException {
        StoreBenchmark.breathe();
        row(
                "resident memory, %,d keys filled ten seconds ago".formatted(requests.keys()),
                StoreBenchmark.memoryBar(requests));
        for (Contender contender : contenders) {
            System.err.println("history for " + contender.name());
            Load.unary("KV/Put", 8, 1000, requests.puts()).times(contender.port(), Math.toIntExact(revisions));
        }
        StoreBenchmark.breathe();
        row("… with %,d revisions more".formatted(revisions), "½");
        split();
        contenders.forEach(StoreBenchmark::tidy);
        TimeUnit.MILLISECONDS.sleep(quiet.toMillis());
        Contender etcd = contenders.getFirst();
        double left = etcd.residentMib();
        etcd.restart();
        row("… compacted, after %d quiet minutes; etcd just started".formatted(quiet.toMinutes()), "½");
        split();
        System.err.printf("etcd had %.0f MiB before it was started again%n", left);
    }

    private void row(String what, String bar) throws IOException {
        table.row(what, bar, "%.0f MiB", contenders, Contender::residentMib, true);
    }

    /// Pages of files the kernel takes back when it needs room.
    private void split() throws IOException {
        table.row("… … of it no page of a file", "", "%.0f MiB", contenders, Contender::anonymousMib, true);
    }
}
