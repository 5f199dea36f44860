package io.orlop.store.web;

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

    Exposition histogram(String name, String help, Durations durations) {
        family(name, help, "histogram");
        long[] cumulative = durations.cumulative();
        for (int i = 0; i < cumulative.length; i++) {
            String bound = i < Durations.BOUNDS_SECONDS.length ? number(Durations.BOUNDS_SECONDS[i]) : "+Inf";
            sample(name + "_bucket", "le=\"" + bound + "\"", cumulative[i]);
        }
        sample(name + "_sum", "", durations.sumSeconds());
        return sample(name + "_count", "", cumulative[cumulative.length - 1]);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
