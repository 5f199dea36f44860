package io.orlop.control.loop;

import java.util.Iterator;

/// What a loop is responsible for: which ids there are, and which of them are not as they should be. Whoever changes
/// something wakes its id; this is for finding what nobody woke.
public interface Scope<K> {
    /// All ids, in any order: a walk that stays valid while things change, and may see or miss what does.
    Iterator<K> ids();

    /// Whether there is something to do for this id, by what is known: costs no more than a look at it. May give the
    /// benefit of doubt, and say yes.
    boolean amiss(K id);

    /// Whether it is amiss, or nobody can say because it fails to find that out: then its own run fails of the same,
    /// rests, and is heard of, and no other id has to do with it.
    default boolean needsALook(K id) {
        try {
            return amiss(id);
        } catch (RuntimeException | Error cannotSay) {
            return true;
        }
    }
}
