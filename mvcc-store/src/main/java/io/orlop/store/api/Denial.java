package io.orlop.store.api;

/// Why the store says no. The texts are those that etcd's clients match on.
public enum Denial {
    EMPTY_KEY("etcdserver: key is not provided"),
    KEY_NOT_FOUND("etcdserver: key not found"),
    VALUE_PROVIDED("etcdserver: value is provided"),
    LEASE_PROVIDED("etcdserver: lease is provided"),
    TOO_MANY_OPERATIONS("etcdserver: too many operations in txn request"),
    DUPLICATE_KEY("etcdserver: duplicate key given in txn request"),
    INVALID_SORT("etcdserver: invalid sort option"),
    REQUEST_TOO_LARGE("etcdserver: request is too large"),
    COMPACTED("etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
    LEASE_NOT_FOUND("etcdserver: requested lease not found"),
    LEASE_EXISTS("etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
    TOO_MANY_REQUESTS("etcdserver: too many requests"),
    LOCK_SESSION_EXPIRED("mutex: session is expired"),
    NO_LEADER_ELECTED("election: no leader"),
    NOT_LEADER("election: not leader"),
    LEADER_MISSING("\"leader\" field must be provided"),
    STOPPED("etcdserver: server stopped"),
    READ_ONLY("etcdserver: the store is read-only since its disk failed; restart it when the disk is well");

    private final String text;

    Denial(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
