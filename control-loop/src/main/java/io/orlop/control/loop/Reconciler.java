package io.orlop.control.loop;

/// Brings one resource closer to what is wanted of it. It is told which, never what changed, so that a restart, a timer
/// and an event are one path; it asks what is true before it decides.
@FunctionalInterface
public interface Reconciler<K> {
    /// Throws what it cannot deal with: the loop waits and calls again.
    Outcome reconcile(K id) throws Exception;
}
