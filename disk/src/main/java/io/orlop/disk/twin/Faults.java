package io.orlop.disk.twin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What goes wrong with a disk. Each call meets every [Fault] that is meant for it, in the order in which they were
/// added, until one fails it.
public final class Faults {
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    public Fault add(Fault fault) {
        faults.add(fault);
        return fault;
    }

    /// The disk is replaced by a good one, with the same content: nothing goes wrong any more.
    public void mend() {
        faults.forEach(Fault::mend);
        faults.clear();
    }

    /// To be called before the call does anything, without a lock: it may stay here for long.
    ///
    /// @param length of what is read or written; a force is of everything
    public void meet(Call call, long offset, long length) throws IOException {
        // Counted by all, whichever fails the call.
        List<Fault> met = faults.stream()
                .filter(fault -> fault.meets(call, offset, length))
                .toList();
        for (Fault fault : met) fault.happen();
    }
}
