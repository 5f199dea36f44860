package io.orlop.store.engine;

import java.time.Duration;

/// How much history stays when nobody compacts.
public sealed interface Retention {
    record Everything() implements Retention {}

    /// At least what was in this time, and at most an hour more.
    record Period(Duration period) implements Retention {
        public Period {
            if (period.toNanos() < 10) throw new IllegalArgumentException("a retention of " + period);
        }
    }

    /// This many revisions.
    record Revisions(long kept) implements Retention {
        public Revisions {
            if (kept <= 0) throw new IllegalArgumentException("a retention of " + kept + " revisions");
        }
    }
}
