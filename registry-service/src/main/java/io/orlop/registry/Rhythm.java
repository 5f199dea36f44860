package io.orlop.registry;

import java.time.Duration;

/// When a node is asked again for everything it has. The more it has, the less often, so that a node's questions cost
/// about the same however much is on it; whoever must know now asks for a refresh.
///
/// ```
///                                          10 things   200       7,000
///   it said that something has changed       1 s        1 s       7 s
///   it cannot say (SPDK's io-engine)         2 s        2 s      35 s
///   only usage and rebuilds went on         10 s      100 s      10 min
///   it said that nothing has changed        10 min     10 min    10 min
/// ```
///
/// Nexuses are few, and whether a copy is lost is urgent: where something has changed, or the node cannot say so, they
/// are asked for more often by themselves. Of the rest, what our own commands changed is known from their answers.
enum Rhythm {
    MOVED(Duration.ofSeconds(1), Duration.ofMillis(1)),
    UNTOLD(Duration.ZERO, Duration.ofMillis(5)),
    DRIFTED(Duration.ofSeconds(10), Duration.ofMillis(500)),
    SAME(Duration.ofMinutes(10), Duration.ZERO);

    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Duration least;
    private final Duration each;

    Rhythm(Duration least, Duration each) {
        this.least = least;
        this.each = each;
    }

    /// @param things how many the node has
    /// @param period the shortest for a node that cannot say whether something has changed
    Duration pause(int things, Duration period) {
        Duration shortest = this == UNTOLD ? period : least;
        Duration paced = each.multipliedBy(things);
        Duration pause = paced.compareTo(shortest) > 0 ? paced : shortest;
        return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    }
}
