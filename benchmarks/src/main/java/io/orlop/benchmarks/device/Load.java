package io.orlop.benchmarks.device;

/// One kind of load.
///
/// @param bytes of one operation
/// @param sequential one after the other from the start of the region, and not anywhere
/// @param depth operations under way over each connection
record Load(String name, boolean write, int bytes, boolean sequential, int depth) {
    static Load random(boolean write, int depth) {
        return new Load(
                "4 KiB random %s, depth %d".formatted(write ? "write" : "read", depth), write, 4096, false, depth);
    }

    static Load sequential(boolean write) {
        return new Load("1 MiB sequential %s, depth 4".formatted(write ? "write" : "read"), write, 1 << 20, true, 4);
    }
}
