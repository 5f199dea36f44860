package io.orlop.store.watch;

/// Why a watch is not made; the texts are etcd's.
public enum WatchRefusal {
    NEGATIVE_START("etcdserver: mvcc: required revision has been compacted"),
    DUPLICATE_ID("mvcc: duplicate watch ID provided on the WatchStream"),
    EMPTY_RANGE("mvcc: watcher range is empty");

    private final String text;

    WatchRefusal(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
