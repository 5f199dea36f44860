package io.orlop.benchmarks.demo;

import java.util.List;

/// What a number of operations took, each.
public record Latencies(List<Long> nanos) {
    public Latencies {
        nanos = nanos.stream().sorted().toList();
    }

    /// @param share 0.5 for the median
    public double ms(double share) {
        int index = (int) Math.min(nanos.size() - 1L, Math.round(share * (nanos.size() - 1)));
        return nanos.get(index) / 1e6;
    }
}
