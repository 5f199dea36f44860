package io.orlop.control.table;

import org.jspecify.annotations.Nullable;

/// A value and where it stands in the store's history. To replace it is to say which one was seen.
///
/// @param foreign the bytes as stored, where they hold something that this version would not write: fields of a newer
///     one, which a rewrite keeps. `null` where the value says it all, as it nearly always does
public record Stored<T>(T value, long modRevision, byte @Nullable [] foreign) {}
