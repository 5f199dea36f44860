package io.orlop.store.proof;

/// What etcd promises to watchers, and what follows from it.
enum Guarantee {
    /// Events come in the order of their revisions.
    ORDERED,
    /// No event comes twice.
    UNIQUE,
    /// No event is left out.
    RELIABLE,
    /// A revision comes whole, in one piece.
    ATOMIC,
    /// Who asks for what comes after what he knows hears just that.
    RESUMABLE,
    /// Who was told how far he is will hear nothing from before.
    BOOKMARKABLE,
    /// Nothing comes that was not asked for.
    FILTERED,
    /// The key as it was before is the key as it was before.
    PREVIOUS,
    /// Nothing comes that did not happen.
    TRUE
}
