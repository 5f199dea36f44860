package io.orlop.store.watch;

/// Why a watch is not made; the texts are etcd's.
public enum WatchRefusal {
    NEGATIVE_START("etcdserver: mvcc: required revision has been compacted"),
    DUPLICATE_ID("mvcc: duplicate watch ID provided on the WatchStream"),
    EMPTY_RANGE("mvcc: watcher range is empty"),
    PERMISSION_DENIED("rpc error: code = PermissionDenied desc = etcdserver: permission denied"),
    INVALID_AUTH_TOKEN("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"),
    AUTH_OLD_REVISION("rpc error: code = InvalidArgument desc = etcdserver: revision of auth store is old"),
    USER_EMPTY("rpc error: code = InvalidArgument desc = etcdserver: user name is empty"),
    /// Not in etcd, whose watches may take all the memory there is.
    TOO_MANY("etcdserver: too many requests");

    private final String text;

    WatchRefusal(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
