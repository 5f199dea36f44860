package io.orlop.volume.healing;

import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copy;

/// A copy and its history, which only this process remembers.
///
/// @param givenUp whether it has been lost for so long, or failed so often, that another is made in its place
/// @param resting whether its last rebuild failed a short while ago
public record Patient(Copy copy, Condition condition, boolean givenUp, boolean resting) {
    boolean is(Condition wanted) {
        return condition == wanted;
    }
}
