package io.orlop.store;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// etcd's flags, and what a store of one node makes of each. A new one is a line here, and a look at it in
/// [StoreMain].
enum StoreFlag {
    NAME("name", Kind.TEXT, "default", "the name of this member"),
    DATA_DIR("data-dir", Kind.TEXT, "", "where the store keeps everything; '<name>.etcd' if it is not given"),
    LISTEN_CLIENT_URLS(
            "listen-client-urls",
            Kind.URLS,
            "http://localhost:2379",
            "where to listen for clients, with commas between"),
    ADVERTISE_CLIENT_URLS(
            "advertise-client-urls",
            Kind.URLS,
            "",
            "what the member list gives as addresses; those it listens on if it is not given"),
    LISTEN_METRICS_URLS(
            "listen-metrics-urls",
            Kind.URLS,
            "",
            "where to show /metrics and /health as well, with the same TLS as clients where it says https"),
    LISTEN_CLIENT_HTTP_URLS(
            "listen-client-http-urls",
            Kind.URLS,
            "",
            "where to take HTTP and no gRPC; those for clients take gRPC alone then"),
    METRICS("metrics", Kind.TEXT, "basic", "basic, or extensive to measure how long each call takes, too"),
    ENABLE_GRPC_GATEWAY("enable-grpc-gateway", Kind.BOOLEAN, "true", "whether the API is there as JSON, too"),
    INITIAL_ADVERTISE_PEER_URLS(
            "initial-advertise-peer-urls",
            Kind.URLS,
            "http://localhost:2380",
            "where other members would find this one; the ids of member and cluster come from it"),
    INITIAL_CLUSTER("initial-cluster", Kind.TEXT, "", "this member alone, as '<name>=<peer url>'"),
    INITIAL_CLUSTER_TOKEN("initial-cluster-token", Kind.TEXT, "etcd-cluster", "goes into the ids, too"),
    MAX_TXN_OPS("max-txn-ops", Kind.COUNT, "128", "operations in one branch of a transaction"),
    MAX_REQUEST_BYTES("max-request-bytes", Kind.COUNT, "1572864", "a larger request is refused"),
    MAX_CONCURRENT_STREAMS(
            "max-concurrent-streams", Kind.COUNT, "4294967295", "calls and watches at a time on one connection"),
    GRPC_KEEPALIVE_MIN_TIME(
            "grpc-keepalive-min-time",
            Kind.DURATION,
            "5s",
            "a client that asks for a sign of life more often is sent away"),
    GRPC_KEEPALIVE_INTERVAL(
            "grpc-keepalive-interval",
            Kind.DURATION,
            "2h",
            "how often the store asks a quiet client for a sign of life"),
    GRPC_KEEPALIVE_TIMEOUT("grpc-keepalive-timeout", Kind.DURATION, "20s", "how long it waits for one"),
    WATCH_PROGRESS_NOTIFY_INTERVAL(
            "watch-progress-notify-interval",
            Kind.DURATION,
            "10m",
            "how often a quiet watch that wants it hears how far it is"),
    HEARTBEAT_INTERVAL(
            "heartbeat-interval", Kind.COUNT, "100", "milliseconds; checked, and of no effect on a single node"),
    ELECTION_TIMEOUT(
            "election-timeout", Kind.COUNT, "1000", "milliseconds; the shortest lease is one and a half of it"),

    CERT_FILE("cert-file", Kind.TEXT, "", "the server's certificate"),
    KEY_FILE("key-file", Kind.TEXT, "", "the server's key"),
    CLIENT_CERT_AUTH("client-cert-auth", Kind.BOOLEAN, "false", "take only clients with a certificate"),
    TRUSTED_CA_FILE("trusted-ca-file", Kind.TEXT, "", "who signed clients' certificates"),
    CLIENT_CRL_FILE("client-crl-file", Kind.TEXT, "", "clients' certificates that count no longer"),
    AUTO_TLS(
            "auto-tls",
            Kind.BOOLEAN,
            "false",
            "make a certificate for https if none is given, in fixtures/client of the data directory"),
    SELF_SIGNED_CERT_VALIDITY("self-signed-cert-validity", Kind.COUNT, "1", "years that such a certificate counts"),
    CIPHER_SUITES(
            "cipher-suites",
            Kind.TEXT,
            "",
            "what TLS 1.2 may use, with commas between; empty for what this Java thinks good"),
    TLS_MIN_VERSION("tls-min-version", Kind.TEXT, "TLS1.2", "the oldest TLS that is spoken: TLS1.2 or TLS1.3"),
    TLS_MAX_VERSION("tls-max-version", Kind.TEXT, "", "the newest TLS that is spoken; empty for no such limit"),

    SNAPSHOT_COUNT("snapshot-count", Kind.COUNT, "10000", Treatment.IGNORED),
    WAL_DIR(
            "wal-dir",
            Kind.TEXT,
            "",
            "where the write-ahead log of a real etcd is that is taken over; the store's own is its data"),
    INITIAL_ELECTION_TICK_ADVANCE("initial-election-tick-advance", Kind.BOOLEAN, "true", Treatment.IGNORED),
    LISTEN_PEER_URLS("listen-peer-urls", Kind.URLS, "http://localhost:2380", Treatment.SILENTLY_IGNORED),
    INITIAL_CLUSTER_STATE("initial-cluster-state", Kind.TEXT, "new", Treatment.SILENTLY_IGNORED),
    MAX_SNAPSHOTS("max-snapshots", Kind.COUNT, "5", Treatment.IGNORED),
    MAX_WALS("max-wals", Kind.COUNT, "5", Treatment.IGNORED),
    BACKEND_BATCH_INTERVAL("backend-batch-interval", Kind.DURATION, "", Treatment.IGNORED),
    BACKEND_BATCH_LIMIT("backend-batch-limit", Kind.NUMBER, "0", Treatment.IGNORED),
    BACKEND_BBOLT_FREELIST_TYPE("backend-bbolt-freelist-type", Kind.TEXT, "map", Treatment.IGNORED),
    COMPACTION_BATCH_LIMIT("compaction-batch-limit", Kind.NUMBER, "1000", Treatment.IGNORED),
    COMPACTION_SLEEP_INTERVAL("compaction-sleep-interval", Kind.DURATION, "10ms", Treatment.IGNORED),
    BOOTSTRAP_DEFRAG("bootstrap-defrag-threshold-megabytes", Kind.COUNT, "0", Treatment.IGNORED),
    SNAPSHOT_CATCHUP_ENTRIES("snapshot-catchup-entries", Kind.COUNT, "5000", Treatment.IGNORED),
    MEMORY_MLOCK("memory-mlock", Kind.BOOLEAN, "false", Treatment.IGNORED),
    SOCKET_REUSE_PORT("socket-reuse-port", Kind.BOOLEAN, "false", Treatment.IGNORED),
    SOCKET_REUSE_ADDRESS("socket-reuse-address", Kind.BOOLEAN, "false", Treatment.IGNORED),
    STRICT_RECONFIG_CHECK("strict-reconfig-check", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    PRE_VOTE("pre-vote", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    MAX_LEARNERS("max-learners", Kind.NUMBER, "1", Treatment.SILENTLY_IGNORED),
    V2_DEPRECATION("v2-deprecation", Kind.TEXT, "write-only", Treatment.SILENTLY_IGNORED),
    ENABLE_V2("enable-v2", Kind.BOOLEAN, "false", Treatment.REFUSED),
    PEER_CERT_FILE("peer-cert-file", Kind.TEXT, "", Treatment.IGNORED),
    PEER_KEY_FILE("peer-key-file", Kind.TEXT, "", Treatment.IGNORED),
    PEER_CLIENT_CERT_FILE("peer-client-cert-file", Kind.TEXT, "", Treatment.IGNORED),
    PEER_CLIENT_KEY_FILE("peer-client-key-file", Kind.TEXT, "", Treatment.IGNORED),
    RAFT_READ_TIMEOUT("raft-read-timeout", Kind.DURATION, "5s", Treatment.IGNORED),
    RAFT_WRITE_TIMEOUT("raft-write-timeout", Kind.DURATION, "5s", Treatment.IGNORED),
    SET_MEMBER_LOCALADDR("set-member-localaddr", Kind.BOOLEAN, "false", Treatment.IGNORED),
    WAIT_CLUSTER_READY_TIMEOUT("wait-cluster-ready-timeout", Kind.DURATION, "5s", Treatment.IGNORED),
    PEER_CLIENT_CERT_AUTH("peer-client-cert-auth", Kind.BOOLEAN, "false", Treatment.IGNORED),
    PEER_TRUSTED_CA_FILE("peer-trusted-ca-file", Kind.TEXT, "", Treatment.IGNORED),
    PEER_CERT_ALLOWED_CN("peer-cert-allowed-cn", Kind.TEXT, "", Treatment.IGNORED),
    PEER_CERT_ALLOWED_HOSTNAME("peer-cert-allowed-hostname", Kind.TEXT, "", Treatment.IGNORED),
    PEER_AUTO_TLS("peer-auto-tls", Kind.BOOLEAN, "false", Treatment.IGNORED),
    PEER_CRL_FILE("peer-crl-file", Kind.TEXT, "", Treatment.IGNORED),
    PEER_SKIP_SAN("peer-skip-client-san-verification", Kind.BOOLEAN, "false", Treatment.IGNORED),
    // The store itself is no client of its own, as etcd's gateway is.
    CLIENT_CERT_FILE("client-cert-file", Kind.TEXT, "", Treatment.IGNORED),
    CLIENT_KEY_FILE("client-key-file", Kind.TEXT, "", Treatment.IGNORED),
    CORS("cors", Kind.URLS, "*", Treatment.IGNORED),
    ENABLE_PPROF("enable-pprof", Kind.BOOLEAN, "false", Treatment.IGNORED),
    LOGGER("logger", Kind.TEXT, "zap", Treatment.SILENTLY_IGNORED),
    LOG_OUTPUTS("log-outputs", Kind.TEXT, "default", Treatment.IGNORED),
    LOG_LEVEL("log-level", Kind.TEXT, "info", Treatment.IGNORED),
    LOG_FORMAT("log-format", Kind.TEXT, "json", Treatment.IGNORED),
    ENABLE_LOG_ROTATION("enable-log-rotation", Kind.BOOLEAN, "false", Treatment.IGNORED),
    LOG_ROTATION_CONFIG("log-rotation-config-json", Kind.TEXT, "", Treatment.IGNORED),
    LOG_PACKAGE_LEVELS("log-package-levels", Kind.TEXT, "", Treatment.IGNORED),
    DEBUG("debug", Kind.BOOLEAN, "false", Treatment.IGNORED),
    WARNING_APPLY_DURATION("warning-apply-duration", Kind.DURATION, "100ms", Treatment.IGNORED),
    WARNING_UNARY_DURATION("warning-unary-request-duration", Kind.DURATION, "300ms", Treatment.IGNORED),
    ENABLE_DISTRIBUTED_TRACING("enable-distributed-tracing", Kind.BOOLEAN, "false", Treatment.IGNORED),
    DISTRIBUTED_TRACING_ADDRESS("distributed-tracing-address", Kind.TEXT, "localhost:4317", Treatment.IGNORED),
    DISTRIBUTED_TRACING_NAME("distributed-tracing-service-name", Kind.TEXT, "etcd", Treatment.IGNORED),
    DISTRIBUTED_TRACING_ID("distributed-tracing-instance-id", Kind.TEXT, "", Treatment.IGNORED),
    DISTRIBUTED_TRACING_RATE("distributed-tracing-sampling-rate", Kind.NUMBER, "0", Treatment.IGNORED),
    DOWNGRADE_CHECK_TIME("downgrade-check-time", Kind.DURATION, "5s", Treatment.IGNORED),
    ENABLE_LEASE_CHECKPOINT("enable-lease-checkpoint", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    ENABLE_LEASE_CHECKPOINT_PERSIST(
            "enable-lease-checkpoint-persist", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    INITIAL_CORRUPT_CHECK("initial-corrupt-check", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    CORRUPT_CHECK_TIME("corrupt-check-time", Kind.DURATION, "0s", Treatment.IGNORED),
    COMPACT_HASH_CHECK_TIME("compact-hash-check-time", Kind.DURATION, "1m", Treatment.IGNORED),
    COMPACT_HASH_CHECK_ENABLED("compact-hash-check-enabled", Kind.BOOLEAN, "false", Treatment.IGNORED),
    STOP_GRPC_SERVICE_ON_DEFRAG("stop-grpc-service-on-defrag", Kind.BOOLEAN, "false", Treatment.IGNORED),
    TXN_MODE_WRITE("txn-mode-write-with-shared-buffer", Kind.BOOLEAN, "true", Treatment.SILENTLY_IGNORED),
    FEATURE_GATES("feature-gates", Kind.TEXT, "", Treatment.IGNORED),
    DISCOVERY_FALLBACK("discovery-fallback", Kind.TEXT, "exit", Treatment.SILENTLY_IGNORED),
    PROXY("proxy", Kind.TEXT, "off", Treatment.REFUSED),
    ENABLE_V2V3("enable-v2v3", Kind.TEXT, "", Treatment.REFUSED),

    DISCOVERY("discovery", Kind.TEXT, "", Treatment.REFUSED),
    DISCOVERY_PROXY("discovery-proxy", Kind.TEXT, "", Treatment.REFUSED),
    DISCOVERY_SRV("discovery-srv", Kind.TEXT, "", Treatment.REFUSED),
    DISCOVERY_SRV_NAME("discovery-srv-name", Kind.TEXT, "", Treatment.REFUSED),
    DISCOVERY_TOKEN("discovery-token", Kind.TEXT, "", Treatment.REFUSED),
    DISCOVERY_ENDPOINTS("discovery-endpoints", Kind.TEXT, "", Treatment.REFUSED),
    // How to ask, for whoever asks: nobody does here.
    DISCOVERY_DIAL_TIMEOUT("discovery-dial-timeout", Kind.DURATION, "2s", Treatment.IGNORED),
    DISCOVERY_REQUEST_TIMEOUT("discovery-request-timeout", Kind.DURATION, "5s", Treatment.IGNORED),
    DISCOVERY_KEEPALIVE_TIME("discovery-keepalive-time", Kind.DURATION, "2s", Treatment.IGNORED),
    DISCOVERY_KEEPALIVE_TIMEOUT("discovery-keepalive-timeout", Kind.DURATION, "6s", Treatment.IGNORED),
    DISCOVERY_INSECURE_TRANSPORT("discovery-insecure-transport", Kind.BOOLEAN, "true", Treatment.IGNORED),
    DISCOVERY_INSECURE_SKIP("discovery-insecure-skip-tls-verify", Kind.BOOLEAN, "false", Treatment.IGNORED),
    DISCOVERY_CERT("discovery-cert", Kind.TEXT, "", Treatment.IGNORED),
    DISCOVERY_KEY("discovery-key", Kind.TEXT, "", Treatment.IGNORED),
    DISCOVERY_CACERT("discovery-cacert", Kind.TEXT, "", Treatment.IGNORED),
    DISCOVERY_USER("discovery-user", Kind.TEXT, "", Treatment.IGNORED),
    DISCOVERY_PASSWORD("discovery-password", Kind.TEXT, "", Treatment.IGNORED),
    PROXY_FAILURE_WAIT("proxy-failure-wait", Kind.COUNT, "5000", Treatment.IGNORED),
    PROXY_REFRESH_INTERVAL("proxy-refresh-interval", Kind.COUNT, "30000", Treatment.IGNORED),
    PROXY_DIAL_TIMEOUT("proxy-dial-timeout", Kind.COUNT, "1000", Treatment.IGNORED),
    PROXY_WRITE_TIMEOUT("proxy-write-timeout", Kind.COUNT, "5000", Treatment.IGNORED),
    PROXY_READ_TIMEOUT("proxy-read-timeout", Kind.COUNT, "0", Treatment.IGNORED),
    FORCE_NEW_CLUSTER("force-new-cluster", Kind.BOOLEAN, "false", Treatment.REFUSED),
    // To ignore these would leave a door open that somebody believes closed, or lose what somebody believes kept.
    UNSAFE_NO_FSYNC("unsafe-no-fsync", Kind.BOOLEAN, "false", Treatment.REFUSED),
    CLIENT_CERT_ALLOWED_HOSTNAME("client-cert-allowed-hostname", Kind.TEXT, "", Treatment.REFUSED),
    HOST_WHITELIST("host-whitelist", Kind.TEXT, "*", Treatment.REFUSED),

    QUOTA_BACKEND_BYTES(
            "quota-backend-bytes",
            Kind.NUMBER,
            "0",
            "bytes on disk from which on there are no more puts, only deletions; 0 for 2 GiB"),
    AUTO_COMPACTION_MODE(
            "auto-compaction-mode", Kind.TEXT, "periodic", "what the retention is of: periodic or revision"),
    AUTO_COMPACTION_RETENTION(
            "auto-compaction-retention",
            Kind.TEXT,
            "0",
            "how much history is kept: a time like 30m, a number of hours, or one of revisions; 0 for all"),
    AUTH_TOKEN(
            "auth-token",
            Kind.TEXT,
            "simple",
            "simple, or jwt with its keys: jwt,sign-method=RS256,pub-key=FILE,priv-key=FILE,ttl=5m"),
    AUTH_TOKEN_TTL("auth-token-ttl", Kind.COUNT, "300", "seconds that a simple token lives unused"),
    BCRYPT_COST("bcrypt-cost", Kind.COUNT, "10", "what it costs to check a password, as a power of two");

    /// What its value looks like.
    enum Kind {
        TEXT,
        URLS,
        BOOLEAN,
        NUMBER,
        /// A number that is not below 0, nor above what has 32 bits.
        COUNT,
        DURATION
    }

    /// What is done about a value that is not the default.
    enum Treatment {
        HONOURED,
        /// With a line that says so.
        IGNORED,
        /// Its value makes no difference to a store of one node, or none that anybody would miss.
        SILENTLY_IGNORED,
        REFUSED
    }

    private static final Map<String, StoreFlag> BY_WORD = new HashMap<>();

    static {
        for (StoreFlag flag : values()) BY_WORD.put(flag.word, flag);
    }

    final String word;
    final Kind kind;
    final String usual;
    final Treatment treatment;

    /// What it does; empty if nothing.
    final String help;

    StoreFlag(String word, Kind kind, String usual, String help) {
        this(word, kind, usual, Treatment.HONOURED, help);
    }

    StoreFlag(String word, Kind kind, String usual, Treatment treatment) {
        this(word, kind, usual, treatment, "");
    }

    StoreFlag(String word, Kind kind, String usual, Treatment treatment, String help) {
        this.word = word;
        this.kind = kind;
        this.usual = usual;
        this.treatment = treatment;
        this.help = help;
    }

    /// @param word without dashes; what etcd calls experimental is known without that, too
    static @Nullable StoreFlag named(String word) {
        return BY_WORD.get(word.startsWith("experimental-") ? word.substring("experimental-".length()) : word);
    }

    /// The variable of the environment that sets it, as etcd names it.
    String variable() {
        return "ETCD_" + word.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "--" + word;
    }
}
