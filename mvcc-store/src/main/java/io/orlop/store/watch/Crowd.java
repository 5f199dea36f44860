package io.orlop.store.watch;

/// How many listen.
///
/// @param behind those of the watchers who have not heard all that happened yet
public record Crowd(int streams, int watchers, int behind) {
    static final Crowd NOBODY = new Crowd(0, 0, 0);
}
