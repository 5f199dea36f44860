package io.orlop.store;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.process.Life;
import io.orlop.store.command.StoreCommands;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.OpenFiles;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.Retention;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.store.etcd.PeerUrls;
import io.orlop.store.takeover.Takeover;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Runs a store until it is told to stop. Takes the flags of etcd, see [StoreFlag].
public final class StoreMain {
    private StoreMain() {}

    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--version") || List.of(arguments).contains("-version")) {
            System.out.println(version());
            return;
        }
        if (StoreHelp.isWanted(arguments)) {
            System.out.println(StoreHelp.text());
            return;
        }
        if (StoreCommands.knows(arguments)) {
            Life.errand("store", () -> new StoreCommands(System.out).run(arguments));
        } else {
            Life.lead("store", _ -> start(arguments));
        }
    }

    /// In etcd's form, which scripts read.
    private static String version() {
        return """
                etcd Version: %s
                Git SHA: Orlop
                Go Version: none; Java %s
                Go OS/Arch: %s/%s"""
                .formatted(
                        EtcdServer.VERSION,
                        Runtime.version().feature(),
                        System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT),
                        System.getProperty("os.arch"));
    }

    static StoreOptions engine(StoreFlags flags) {
        // etcd's shortest lease is one and a half election timeouts, in whole seconds.
        long leaseSecondsMin = Math.ceilDiv(3 * flags.size(StoreFlag.ELECTION_TIMEOUT), 2000);
        long quota = flags.number(StoreFlag.QUOTA_BACKEND_BYTES);
        StoreOptions options = StoreOptions.defaults();
        return options.txnOperationsMax(flags.size(StoreFlag.MAX_TXN_OPS))
                .leaseSecondsMin(leaseSecondsMin)
                .progressInterval(flags.duration(StoreFlag.WATCH_PROGRESS_NOTIFY_INTERVAL))
                .quotaBytes(quota == 0 ? options.quotaBytes() : quota)
                .retention(retention(flags));
    }

    /// A number alone is hours, or revisions.
    private static Retention retention(StoreFlags flags) {
        String amount = flags.text(StoreFlag.AUTO_COMPACTION_RETENTION);
        String mode = flags.text(StoreFlag.AUTO_COMPACTION_MODE);
        boolean number = amount.matches("\\d+");
        long whole = number ? flags.number(StoreFlag.AUTO_COMPACTION_RETENTION) : 1;
        if (whole == 0) return new Retention.Everything();
        return switch (mode) {
            case "revision" -> new Retention.Revisions(flags.number(StoreFlag.AUTO_COMPACTION_RETENTION));
            case "periodic" ->
                new Retention.Period(
                        number ? Duration.ofHours(whole) : flags.duration(StoreFlag.AUTO_COMPACTION_RETENTION));
            default ->
                throw new IllegalArgumentException("unsupported compaction mode " + mode + ": periodic or revision");
        };
    }

    private static List<Door.Listen> places(StoreFlags flags, StoreFlag flag) {
        return flags.urls(flag).stream()
                .map(url -> new Door.Listen(StoreFlags.address(url), "https".equals(url.getScheme())))
                .toList();
    }

    private static boolean timesCalls(StoreFlags flags) {
        return switch (flags.text(StoreFlag.METRICS)) {
            case "basic" -> false;
            case "extensive" -> true;
            default -> throw new IllegalArgumentException(StoreFlag.METRICS + " is basic or extensive");
        };
    }

    private static EtcdOptions door(StoreFlags flags) throws IOException {
        // Without patience for the answer a question would be a goodbye; etcd calls either zero a no.
        boolean asks = !flags.duration(StoreFlag.GRPC_KEEPALIVE_TIMEOUT).isZero();
        DoorOptions door = new DoorOptions(
                flags.number(StoreFlag.MAX_CONCURRENT_STREAMS),
                flags.duration(StoreFlag.GRPC_KEEPALIVE_MIN_TIME),
                asks ? flags.duration(StoreFlag.GRPC_KEEPALIVE_INTERVAL) : Duration.ZERO,
                flags.duration(StoreFlag.GRPC_KEEPALIVE_TIMEOUT),
                DoorOptions.PATIENCE,
                DoorOptions.defaults().memoryBytes(),
                1,
                null);
        return EtcdOptions.listening(places(flags, StoreFlag.LISTEN_CLIENT_URLS))
                .listenForHttp(places(flags, StoreFlag.LISTEN_CLIENT_HTTP_URLS))
                .listenForPages(places(flags, StoreFlag.LISTEN_METRICS_URLS))
                .timesCalls(timesCalls(flags))
                .gateway(flags.on(StoreFlag.ENABLE_GRPC_GATEWAY))
                .requestBytesMax(flags.size(StoreFlag.MAX_REQUEST_BYTES))
                .member(flags.text(StoreFlag.NAME), flags.peerUrls(), flags.text(StoreFlag.INITIAL_CLUSTER_TOKEN))
                .advertisedUrls(flags.addresses(StoreFlag.ADVERTISE_CLIENT_URLS))
                .auth(AuthFlags.options(flags))
                .door(door);
    }

    /// What is refused is refused before anything is opened; what is made is made in a directory that is ours.
    private static AutoCloseable start(String... arguments) throws IOException {
        // Before classes are needed that could not be read any more.
        OpenFiles files = OpenFiles.ofThisProcess();
        if (files.refusal() != null) throw new IOException(files.refusal());
        if (files.warning() != null) System.err.println("store: " + files.warning());
        StoreFlags flags = StoreFlags.parse(System.getenv(), arguments);
        TlsFlags security = new TlsFlags(flags);
        for (String warning : flags.warnings()) System.err.println("store: " + warning);
        for (String warning : security.warnings()) System.err.println("store: " + warning);
        EtcdOptions options = door(flags);
        StoreOptions engine = engine(flags);
        Path directory = flags.dataDirectory();
        DataDirectory.requireNoFile(directory);
        Takeover.of(directory, Path.of(flags.text(StoreFlag.WAL_DIR)), engine).ifPresent(System.out::println);
        DataDirectory.requireData(directory, flags.text(StoreFlag.INITIAL_CLUSTER_STATE));
        MvccStore store = MvccStore.open(directory, engine);
        EtcdServer server;
        try {
            Tls tls = security.tls();
            if (tls != null) options = options.door(options.door().tls(tls));
            server = EtcdServer.start(store, options.peerUrlsNow(PeerUrls.in(directory)));
        } catch (IOException | RuntimeException refused) {
            store.close();
            throw refused;
        }
        System.out.println("ready to serve client requests on port " + server.port() + ", data in " + directory
                + ", revision " + store.revision());
        Uncommitting uncommitting = Uncommitting.start(memoryOf(store), Ambient.system());
        return () -> {
            uncommitting.close();
            server.close();
            store.close();
        };
    }

    private static Uncommitting.Holder memoryOf(MvccStore store) {
        return new Uncommitting.Holder() {
            @Override
            public long needed() {
                return store.memoryBytesHeld();
            }

            @Override
            public long written() {
                return store.sequence();
            }

            @Override
            public long compacted() {
                return store.compactedRevision();
            }

            @Override
            public void unmap() {
                store.maintenance().unmap();
            }

            @Override
            public void rest() {
                store.maintenance().rest();
            }
        };
    }
}
