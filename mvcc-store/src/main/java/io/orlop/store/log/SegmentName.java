package io.orlop.store.log;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `<first sequence>-<generation>.log`: names sort as their contents do, and of two generations the newer counts.
record SegmentName(long firstSequence, int generation) implements Comparable<SegmentName> {
    static final String UNFINISHED = ".tmp";

    private static final Pattern PATTERN = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{8})\\.log");

    static @Nullable SegmentName parse(String file) {
        Matcher matcher = PATTERN.matcher(file);
        if (!matcher.matches()) return null;
        return new SegmentName(Long.parseLong(matcher.group(1), 16), Integer.parseInt(matcher.group(2), 16));
    }

    String file() {
        return String.format("%016x-%08x.log", firstSequence, generation);
    }

    SegmentName rewritten() {
        return new SegmentName(firstSequence, generation + 1);
    }

    @Override
    public int compareTo(SegmentName other) {
        int bySequence = Long.compare(firstSequence, other.firstSequence);
        return bySequence != 0 ? bySequence : Integer.compare(generation, other.generation);
    }
}
