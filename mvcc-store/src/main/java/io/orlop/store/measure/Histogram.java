package io.orlop.store.measure;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// How often something was how large, in classes of etcd's making.
///
/// ```
///   doubling(0.1, 3)      … 0.1 │ … 0.2 │ … 0.4 │ larger
/// ```
public final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    private Histogram(double... bounds) {
        this.bounds = bounds;
        counts = new LongAdder[bounds.length + 1];
        for (int kind = 0; kind < counts.length; kind++) counts[kind] = new LongAdder();
    }

    /// @param bounds the largest of each class, in order
    public static Histogram of(double... bounds) {
        return new Histogram(bounds.clone());
    }

    /// Each class reaches twice as far as the one before.
    public static Histogram doubling(double first, int classes) {
        double[] bounds = new double[classes];
        double bound = first;
        for (int kind = 0; kind < classes; kind++, bound *= 2) bounds[kind] = bound;
        return new Histogram(bounds);
    }

    public void add(double value) {
        int kind = 0;
        while (kind < bounds.length && value > bounds[kind]) kind++;
        counts[kind].increment();
        sum.add(value);
    }

    /// How many classes have an upper bound; one more, the last, has none.
    public int bounded() {
        return bounds.length;
    }

    public double bound(int kind) {
        return bounds[kind];
    }

    public long count(int kind) {
        return counts[kind].sum();
    }

    public double sum() {
        return sum.sum();
    }
}
