package io.orlop.store.web;

import io.orlop.store.log.ForceTimes;
import io.orlop.store.measure.Histogram;
import java.math.BigDecimal;

/// Figures in the text format of Prometheus.
final class Exposition {
    private final StringBuilder text = new StringBuilder();

    Exposition counter(String name, String help, double value) {
        return family(name, help, "counter").sample(name, "", value);
    }

    Exposition gauge(String name, String help, double value) {
        return family(name, help, "gauge").sample(name, "", value);
    }

    Exposition family(String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /// @param labels as `a="b",c="d"`; empty for none
    Exposition sample(String name, String labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) text.append('{').append(labels).append('}');
        text.append(' ').append(number(value)).append('\n');
        return this;
    }

    /// What somebody else said, to be the value of a label.
    static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    Exposition histogram(String name, String help, ForceTimes times) {
        family(name, help, "histogram");
        long sum = 0;
        for (int kind = 0; kind <= times.bounded(); kind++) {
            sum += times.count(kind);
            String bound = kind < times.bounded() ? number(times.boundSeconds(kind)) : "+Inf";
            sample(name + "_bucket", "le=\"" + bound + "\"", sum);
        }
        sample(name + "_sum", "", times.totalSeconds());
        return sample(name + "_count", "", sum);
    }

    Exposition histogram(String name, String help, Histogram values) {
        return family(name, help, "histogram").histogramSamples(name, "", values);
    }

    Exposition histogramSamples(String name, String labels, Histogram values) {
        long sum = 0;
        String before = labels.isEmpty() ? "" : labels + ",";
        for (int kind = 0; kind <= values.bounded(); kind++) {
            sum += values.count(kind);
            String bound = kind < values.bounded() ? number(values.bound(kind)) : "+Inf";
            sample(name + "_bucket", before + "le=\"" + bound + "\"", sum);
        }
        sample(name + "_sum", labels, values.sum());
        return sample(name + "_count", labels, sum);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
