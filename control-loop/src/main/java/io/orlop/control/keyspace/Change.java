package io.orlop.control.keyspace;

/// What a transaction does to a key.
public sealed interface Change {
    String key();

    /// @param lease the lease that keeps the key alive, 0 for none
    record Put(String key, byte[] value, long lease) implements Change {}

    record Delete(String key) implements Change {}
}
