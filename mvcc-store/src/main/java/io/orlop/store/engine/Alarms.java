package io.orlop.store.engine;

import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.log.LogRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The alarms that are on. One thread switches them, any thread looks.
///
/// What somebody switched on is noted in the log and stays until somebody switches it off. Want of space, which the
/// store finds out by itself, is not noted: it is found out again.
final class Alarms {
    private static final Alarm NO_SPACE = new Alarm(0, Alarm.Kind.NO_SPACE);

    private volatile List<Alarm> switched = List.of();
    private volatile boolean scarce;

    /// The log says this while it is opened, and the writer when somebody asks for it.
    void replay(LogRecord record) {
        if (record instanceof LogRecord.Checkpoint) switched = List.of();
        if (!(record instanceof LogRecord.AlarmSwitched(Alarm alarm, boolean on))) return;
        List<Alarm> changed = new ArrayList<>(switched);
        changed.remove(alarm);
        if (on) changed.add(alarm);
        changed.sort(Comparator.comparing(Alarm::kind).thenComparing(Alarm::member, Long::compareUnsigned));
        switched = List.copyOf(changed);
    }

    void scarce(boolean now) {
        scarce = now;
    }

    boolean isScarce() {
        return scarce;
    }

    List<Alarm> on() {
        List<Alarm> on = switched;
        if (!scarce || on.contains(NO_SPACE)) return on;
        List<Alarm> all = new ArrayList<>(List.of(NO_SPACE));
        all.addAll(on);
        return List.copyOf(all);
    }

    /// For the start of a segment.
    List<LogRecord> notes() {
        return switched.stream()
                .map(alarm -> (LogRecord) new LogRecord.AlarmSwitched(alarm, true))
                .toList();
    }

    void refuseIfCorrupt() {
        if (isSwitched(Alarm.Kind.CORRUPT)) throw new DeniedException(Denial.CORRUPT);
    }

    boolean isSwitched(Alarm.Kind kind) {
        for (Alarm alarm : switched) {
            if (alarm.kind() == kind) return true;
        }
        return false;
    }
}
