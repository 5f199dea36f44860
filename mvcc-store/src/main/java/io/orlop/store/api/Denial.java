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
    TOO_MANY_REQUESTS("etcdserver: too many requests"),
    COMPACTED("etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
    LEASE_NOT_FOUND("etcdserver: requested lease not found"),
    LEASE_EXISTS("etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
    LOCK_SESSION_EXPIRED("mutex: session is expired"),
    NO_LEADER_ELECTED("election: no leader"),
    NOT_LEADER("election: not leader"),
    LEADER_MISSING("\"leader\" field must be provided"),
    ROOT_USER_MISSING("etcdserver: root user does not exist"),
    ROOT_ROLE_MISSING("etcdserver: root user does not have root role"),
    USER_EMPTY("etcdserver: user name is empty"),
    USER_EXISTS("etcdserver: user name already exists"),
    USER_NOT_FOUND("etcdserver: user name not found"),
    ROLE_EMPTY("etcdserver: role name is empty"),
    ROLE_EXISTS("etcdserver: role name already exists"),
    ROLE_NOT_FOUND("etcdserver: role name not found"),
    ROLE_NOT_GRANTED("etcdserver: role is not granted to the user"),
    PERMISSION_NOT_GIVEN("etcdserver: permission not given"),
    PERMISSION_NOT_GRANTED("etcdserver: permission is not granted to the role"),
    PERMISSION_DENIED("etcdserver: permission denied"),
    AUTH_NOT_ENABLED("etcdserver: authentication is not enabled"),
    AUTH_FAILED("etcdserver: authentication failed, invalid user ID or password"),
    AUTH_WITHOUT_PASSWORD("auth: authentication failed, password was given for no password user"),
    AUTH_OLD_REVISION("etcdserver: revision of auth store is old"),
    INVALID_AUTH_TOKEN("etcdserver: invalid auth token"),
    INVALID_AUTH_MANAGEMENT("etcdserver: invalid auth management"),
    PASSWORD_TOO_LONG("bcrypt: password length exceeds 72 bytes"),
    TOKEN_NOT_SIGNED("auth: token signing attempted with verify-only key"),
    INVALID_CLIENT_API_VERSION("etcdserver: invalid client api version"),
    MEMBER_NOT_FOUND("etcdserver: member not found"),
    MEMBER_BAD_URLS("etcdserver: given member URLs are invalid"),
    MEMBER_NOT_LEARNER("etcdserver: can only promote a learner member"),
    MEMBERS_NOT_STARTED("etcdserver: re-configuration failed due to not enough started members"),
    PEER_URL_EXISTS("etcdserver: Peer URLs already exists"),
    BAD_LEADER_TRANSFEREE("etcdserver: bad leader transferee"),
    DOWNGRADE_VERSION_FORMAT("etcdserver: wrong downgrade target version format"),
    DOWNGRADE_VERSION_INVALID("etcdserver: invalid downgrade target version"),
    DOWNGRADE_RUNNING("etcdserver: cluster has a downgrade job in progress"),
    DOWNGRADE_NONE("etcdserver: no inflight downgrade job"),
    UNKNOWN_METHOD("etcdserver: unknown method"),
    NO_SPACE("etcdserver: mvcc: database space exceeded"),
    CORRUPT("etcdserver: corrupt cluster"),
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
