package io.orlop.store.log;

/// Where a record is: the segment's number in this process and the offset in its file, in one long.
public final class Location {
    private Location() {}

    static long of(int segment, long offset) {
        return (long) segment << 32 | offset;
    }

    public static int segment(long location) {
        return (int) (location >>> 32);
    }

    static long offset(long location) {
        return location & 0xffff_ffffL;
    }
}
