package io.orlop.store.command;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.orlop.store.api.Verification;
import io.orlop.store.backup.Restore;
import io.orlop.store.backup.Salvaging;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.mirror.Mirror;
import io.orlop.store.pem.GivenFile;
import io.orlop.store.proto.etcdserverpb.HashRequest;
import io.orlop.store.proto.etcdserverpb.HashResponse;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// `store COMMAND …`: copies, checks and repairs. Each says what it did, and ends with 0 if all is well.
public final class StoreCommands {
    private static final Set<String> NAMES = Set.of("snapshot", "restore", "verify", "salvage", "mirror", "help");
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final String USAGE =
            """
            store [flags of etcd]                                       runs a store
            store snapshot FILE --endpoint URL [--after REVISION]       copies a running store, or what happened since
            store restore SNAPSHOT [EXCERPT …] --data-dir DIR           makes a data directory of it; SNAPSHOT may also be
                                                                        one of etcd's, or the file db of a stopped etcd
            store verify --data-dir DIR | --endpoint URL                reads everything back and checks it
            store salvage --data-dir DAMAGED --to DIR                   saves what a damaged log still says
            store mirror --from URL --to URL [--prefix P] [--dest-prefix Q] [--once true]
                                                                        keeps a copy of keys in another etcd
            for each URL: --user NAME:PASSWORD, and for https --cacert FILE --cert FILE --key FILE;
            for the second of two they begin with --dest-""";

    private final PrintStream out;

    public StoreCommands(PrintStream out) {
        this.out = out;
    }

    /// Whether the command line begins with one of them.
    public static boolean knows(String... arguments) {
        return arguments.length > 0 && NAMES.contains(arguments[0]);
    }

    /// @return what the process should end with
    /// @throws IllegalArgumentException if the command line makes no sense; the message says why
    public int run(String... arguments) throws IOException, InterruptedException {
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        return switch (arguments[0]) {
            case "snapshot" -> snapshot(Arguments.parse(rest, options("--", "--endpoint", "--after")));
            case "restore" -> restore(Arguments.parse(rest, Set.of("--data-dir")));
            case "verify" -> verify(Arguments.parse(rest, options("--", "--data-dir", "--endpoint")));
            case "salvage" -> salvage(Arguments.parse(rest, Set.of("--data-dir", "--to")));
            case "mirror" -> mirror(Arguments.parse(rest, mirrorOptions()));
            default -> {
                out.println(USAGE);
                yield 0;
            }
        };
    }

    /// @param prefix of the options of an endpoint
    private static Set<String> options(String prefix, String... own) {
        Set<String> options = new TreeSet<>(List.of(own));
        for (String option : Endpoint.OPTIONS) options.add(prefix + option);
        return options;
    }

    private static Set<String> mirrorOptions() {
        Set<String> options = options("--", "--from", "--to", "--prefix", "--dest-prefix", "--once");
        options.addAll(options("--dest-"));
        return options;
    }

    private int snapshot(Arguments arguments) throws IOException {
        if (arguments.words().size() != 1) throw new IllegalArgumentException("give one FILE to save to");
        Path file = arguments.files().getFirst();
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException("snapshot: " + file + " is a directory; give the FILE to save to");
        }
        try (Connection store = Connection.to(Endpoint.of(arguments, "--endpoint", "--"))) {
            long bytes = SnapshotDownload.save(store.calls(), arguments.number("--after", 0), file);
            out.println("saved " + bytes + " bytes to " + file);
            return 0;
        } catch (StatusRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private int restore(Arguments arguments) throws IOException {
        List<Path> files = arguments.files();
        if (files.isEmpty()) throw new IllegalArgumentException("give the SNAPSHOT to restore");
        for (Path file : files) GivenFile.of("restore", file.toString());
        Path directory = arguments.path("--data-dir");
        Restore.Restored restored = Restore.restore(files.getFirst(), files.subList(1, files.size()), directory);
        out.println("restored " + directory + " at revision " + restored.revision()
                + (files.size() > 1 ? ", " + restored.changes() + " changes from excerpts" : ""));
        if (!restored.hashed()) {
            out.println(
                    "note: " + files.getFirst() + " has no SHA-256, as a snapshot would; that its pages are whole is"
                            + " all that could be checked");
        }
        return 0;
    }

    private int verify(Arguments arguments) throws IOException {
        if (arguments.has("--endpoint")) return verify(Endpoint.of(arguments, "--endpoint", "--"));
        Verification verification = OfflineVerification.of(arguments.path("--data-dir"));
        out.println(verification.records() + " changes, " + verification.keys() + " keys, revision "
                + verification.revision() + ", compacted at " + verification.compacted());
        verification.findings().forEach(out::println);
        out.println(verification.isWell() ? "all is well" : "NOT WELL: see above; `store salvage` saves what is left");
        return verification.isWell() ? 0 : 1;
    }

    private int verify(Endpoint endpoint) throws IOException {
        try (Connection store = Connection.to(endpoint)) {
            HashResponse hash = MaintenanceGrpc.newBlockingStub(store.calls()).hash(HashRequest.getDefaultInstance());
            out.println("all is well at revision " + hash.getHeader().getRevision() + ", hash "
                    + Integer.toHexString(hash.getHash()));
            return 0;
        } catch (StatusRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private int salvage(Arguments arguments) throws IOException {
        Path to = arguments.path("--to");
        Salvaging.Salvaged salvaged = Salvaging.salvage(arguments.path("--data-dir"), to);
        salvaged.losses().forEach(loss -> out.println("lost: " + loss));
        out.println("saved " + salvaged.changes() + " changes up to revision " + salvaged.revision() + " to " + to
                + ", lost " + salvaged.losses().size() + " places; the damaged files are as they were");
        return 0;
    }

    private void wait(StatusRuntimeException trouble) throws InterruptedException {
        out.println("trying again in " + RETRY.toSeconds() + " s: " + trouble.getMessage());
        Thread.sleep(RETRY);
    }

    private int mirror(Arguments arguments) throws IOException, InterruptedException {
        String prefix = arguments.option("--prefix", "");
        Endpoint source = Endpoint.of(arguments, "--from", "--");
        Endpoint destination = Endpoint.of(arguments, "--to", "--dest-");
        try (Connection from = Connection.to(source);
                Connection to = Connection.to(destination)) {
            Mirror mirror = new Mirror(
                    from.calls(),
                    to.calls(),
                    ByteString.copyFromUtf8(prefix),
                    ByteString.copyFromUtf8(arguments.option("--dest-prefix", prefix)),
                    this::wait);
            if (Boolean.parseBoolean(arguments.option("--once", "false"))) {
                out.println("copied up to revision " + mirror.copy());
            } else {
                mirror.follow(revision -> out.println("copied up to revision " + revision));
            }
            return 0;
        } catch (StatusRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
