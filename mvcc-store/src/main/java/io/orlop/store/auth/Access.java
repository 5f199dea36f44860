package io.orlop.store.auth;

/// What one wants to do with keys.
public enum Access {
    READ,
    WRITE
}
