package io.orlop.control.table;

/// A value and where it stands in the store's history. To replace it is to say which one was seen.
///
/// @param bytes as stored, with whatever fields this version does not know
public record Stored<T>(T value, long modRevision, byte[] bytes) {}
