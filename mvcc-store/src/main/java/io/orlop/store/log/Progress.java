package io.orlop.store.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Says how far a long start is.
final class Progress {
    private static final Logger LOGGER = System.getLogger(Progress.class.getName());
    private static final int SHORT = 100_000;
    private static final int SAYINGS = 10;

    private final long total;
    private final long every;
    private long done;

    Progress(long total) {
        this.total = total;
        this.every = Math.max(1, total / SAYINGS / Footer.CHUNK_CHANGES) * Footer.CHUNK_CHANGES;
    }

    void step() {
        if (++done % every == 0 && total >= SHORT) LOGGER.log(Level.INFO, "read {0} of {1} changes", done, total);
    }
}
