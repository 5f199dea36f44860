package io.orlop.benchmarks.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Markdown, a row at a time: what, each contender, how they compare, and what was wished for.
final class Table {
    interface Measurement {
        double of(Contender contender) throws IOException;
    }

    private Table() {}

    static Table begin(List<String> names) {
        System.out.println("| work | " + String.join(" | ", names) + " | ratio | bar |");
        System.out.println("|---|" + "---|".repeat(names.size() + 2));
        return new Table();
    }

    /// @param less whether less is better; the ratio is the store's to etcd's either way
    void row(String what, String bar, String format, List<Double> values, boolean less) {
        StringBuilder row = new StringBuilder("| " + what);
        for (double value : values) row.append(" | ").append(format.formatted(value));
        double ratio = values.getLast() / values.getFirst();
        row.append(" | ").append((less ? "%.2f×" : "**%.1f×**").formatted(ratio));
        System.out.println(row.append(" | ").append(bar).append(" |"));
    }

    void row(String what, String bar, String format, List<Contender> contenders, Measurement measurement, boolean less)
            throws IOException {
        List<Double> values = new ArrayList<>();
        for (Contender contender : contenders) values.add(measurement.of(contender));
        row(what, bar, format, values, less);
    }
}
