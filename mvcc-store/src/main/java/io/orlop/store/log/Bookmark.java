package io.orlop.store.log;

/// Where somebody is who reads the log in order: whatever changed after this revision is at this place or further on.
///
/// @param segment its number in this process; negative if the place is to be found by the revision
public record Bookmark(long revision, int segment, long offset) {
    private static final int UNKNOWN = -1;

    public static Bookmark after(long revision) {
        return new Bookmark(revision, UNKNOWN, 0);
    }
}
