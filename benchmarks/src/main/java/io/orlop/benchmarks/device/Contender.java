package io.orlop.benchmarks.device;

import java.io.IOException;

/// A server of blocks that runs for as long as the benchmark does.
interface Contender extends AutoCloseable {
    String name();

    Wire[] connect(int queues) throws IOException;

    /// Seconds of processor that it took until now.
    double cpuSeconds() throws IOException;

    @Override
    void close() throws IOException;
}
