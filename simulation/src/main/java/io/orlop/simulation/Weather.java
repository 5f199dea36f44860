package io.orlop.simulation;

import java.util.Set;

/// What the network does at present.
///
/// ```
///   fair         everything arrives, late and in any order
///   lossy 3 %    one in thirty-three messages does not arrive, and whoever waits for it gives up
///   split        {node-1, volumes} | everybody else: neither side hears the other
/// ```
///
/// @param lost how likely a message does not arrive
/// @param apart the machines on one side of a split, by name; empty where there is none
record Weather(double lost, Set<String> apart) {
    static final Weather FAIR = new Weather(0, Set.of());

    static Weather lossy(double lost) {
        return new Weather(lost, Set.of());
    }

    static Weather split(Set<String> apart) {
        return new Weather(0, Set.copyOf(apart));
    }

    boolean separates(SeededAmbient one, SeededAmbient other) {
        return apart.contains(one.machine()) != apart.contains(other.machine());
    }
}
