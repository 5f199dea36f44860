package io.orlop.model;

/// How far a promise is: written, kept, being taken back, taken back.
public enum SpecStatus {
    CREATING,
    CREATED,
    DELETING,
    DELETED
}
