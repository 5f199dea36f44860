package io.orlop.store.api;

import java.util.Comparator;

/// What a range is sorted by.
public enum SortTarget {
    KEY(Comparator.comparing(KeyValue::key)),
    VERSION(Comparator.comparingLong(KeyValue::version)),
    CREATE(Comparator.comparingLong(KeyValue::createRevision)),
    MOD(Comparator.comparingLong(KeyValue::modRevision)),
    VALUE(Comparator.comparing(KeyValue::value));

    private final Comparator<KeyValue> ascending;

    SortTarget(Comparator<KeyValue> ascending) {
        this.ascending = ascending;
    }

    public Comparator<KeyValue> ascending() {
        return ascending;
    }
}
