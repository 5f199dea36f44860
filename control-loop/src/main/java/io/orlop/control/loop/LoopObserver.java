package io.orlop.control.loop;

import java.time.Duration;

/// Watches a loop from outside: for meters, logs and tests. Called on the loop's threads; must not block.
public interface LoopObserver {
    LoopObserver NONE = new LoopObserver() {};

    /// A run has ended.
    default void ran(String loop, Object id, Outcome outcome, Duration took) {}

    /// A run has thrown and will be tried again.
    default void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {}

    /// The patrol has found an id amiss that nobody had woken: somewhere a wake is missing.
    default void missed(String loop, Object id) {}

    /// The patrol has looked at so many more ids: that it finds nothing says something only if it looks.
    default void patrolled(String loop, int ids) {}

    /// How many ids the loop knows of, and how many are being worked on.
    default void sized(String loop, int known, int running) {}
}
