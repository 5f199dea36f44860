package io.orlop.store.api;

public enum SortOrder {
    NONE,
    ASCENDING,
    DESCENDING
}
