package io.orlop.store.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Says how far a long start is.
final class Progress {
    private static final Logger LOGGER = System.getLogger(Progress.class.getName());
    private static final int EVERY = 500_000;

    private final long total;
    private long done;

    Progress(long total) {
        this.total = total;
    }

    void step() {
        if (++done % EVERY == 0) LOGGER.log(Level.INFO, "read {0} of {1} changes", done, total);
    }
}
