package io.orlop.gateway.v0;

/// The body of every answer that is an error.
///
/// @param details names the resource and the value, and says what to do
/// @param message what kind of error it is, in a few words
/// @param kind what programs match on
record RestJsonError(String details, String message, String kind) {}
