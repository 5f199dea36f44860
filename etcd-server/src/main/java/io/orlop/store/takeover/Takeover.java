package io.orlop.store.takeover;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.orlop.disk.FileDisk;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.backup.Directories;
import io.orlop.store.backup.Restore;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.Retention;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.StoreFiles;
import io.orlop.store.proto.walpb.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A start on the data directory of a real etcd: its database and what its write-ahead log says beyond that become a
/// store beside them, in the same directory. What is etcd's stays as it is.
///
/// ```
///   member/                 etcd's, never changed
///   takeover.unfinished/    in the making           a crash: it is made anew
///   takeover/               made, and safe          a crash: what is left of it moves up
///   *.log  taken-over       a store like any other, and of which of etcd's states it was made
/// ```
/// Files move up in the order opposite to that in which a log is read, so that what is there meanwhile opens for
/// nobody. Should an etcd run on the directory afterwards, its state is another than the noted one and neither of the
/// two is served: somebody must say which counts.
public final class Takeover {
    private static final String MADE = "takeover";

    private final Path directory;
    private final EtcdDirectory etcd;
    private final StoreOptions options;

    private Takeover(Path directory, EtcdDirectory etcd, StoreOptions options) {
        this.directory = directory;
        this.etcd = etcd;
        this.options = options;
    }

    /// @param revision where the store goes on from
    /// @param entries how many of the write-ahead log the database did not have
    public record Taken(Path from, long revision, int entries) {
        @Override
        public String toString() {
            return "took over " + from + " of a real etcd at revision " + revision + ", " + entries
                    + " entries of its write-ahead log included; its files stay as they are and are not used any more";
        }
    }

    /// To be called before a store is opened in a directory.
    ///
    /// @param wal where etcd's write-ahead log is, if not in the directory, or an empty path
    /// @return what was taken over, if this was a real etcd's directory
    /// @throws IOException if it is one and cannot be taken over; the message says why, and what can be done
    public static Optional<Taken> of(Path directory, Path wal, StoreOptions options) throws IOException {
        EtcdDirectory etcd = EtcdDirectory.in(directory, wal);
        boolean begun = Files.exists(directory.resolve(MADE), NOFOLLOW_LINKS);
        if (!begun && !etcd.isThere()) return Optional.empty();
        FileDisk disk = FileDisk.existing(directory);
        AutoCloseable lock = disk.lock();
        try (lock) {
            return new Takeover(directory, etcd, options).run(disk);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private Optional<Taken> run(FileDisk disk) throws IOException {
        if (Files.exists(directory.resolve(MADE), NOFOLLOW_LINKS)) {
            requireOurs(directory.resolve(MADE), disk.names());
            moveUp();
        }
        if (StoreFiles.holdsLog(disk.names())) {
            checkUnchanged();
            return Optional.empty();
        }
        Taken taken = make();
        moveUp();
        return Optional.of(taken);
    }

    /// A store is here already. Of an etcd that is here as well it must have been made, and that must not have changed.
    private void checkUnchanged() throws IOException {
        if (!etcd.isThere() || !Files.exists(etcd.database())) return;
        long transaction = etcd.state().transaction();
        Origin origin = Origin.read(directory);
        if (origin != null && origin.transaction() == transaction) return;
        String why = origin == null
                ? "both a store and a real etcd's data, of which that store was not made"
                : "a store that was made of a real etcd's data, and an etcd has run on that since";
        throw new IOException(directory + " has " + why + ": move " + etcd.member() + " or all of *.log and "
                + Origin.FILE + " to another place, whichever is not wanted");
    }

    private Taken make() throws IOException {
        try {
            return makeIt();
        } catch (IOException e) {
            throw new IOException(
                    "the real etcd's data in " + etcd.member() + " cannot be taken over: " + e.getMessage()
                            + "; what always works is a snapshot, saved while that etcd runs with `etcdctl snapshot"
                            + " save`, of which `store restore` makes another directory",
                    e);
        }
    }

    private Taken makeIt() throws IOException {
        try (WriteAheadLog log = WriteAheadLog.open(etcd.wal())) {
            EtcdDirectory.State state = etcd.state();
            if (log.isEmpty()) throw new IOException("there is no write-ahead log in " + etcd.wal());
            RaftLog raft = new RaftLog(state);
            log.read(raft::hear);
            raft.requireOnlyMember();
            List<Entry> pending = raft.pending();
            long[] revision = {0};
            Directories.make(directory.resolve(MADE), making -> {
                try {
                    Restore.into(making, etcd.database(), List.of());
                    revision[0] = apply(pending, making);
                    new Origin(state.transaction()).write(making);
                } catch (IOException | RuntimeException e) {
                    discard(making, e);
                    throw e;
                }
            });
            return new Taken(etcd.member(), revision[0], pending.size());
        }
    }

    /// Half of it is of no use, and where the disk is full it takes the room.
    private static void discard(Path making, Exception why) {
        try {
            for (Path file : filesIn(making)) Files.delete(file);
            Files.delete(making);
        } catch (IOException left) {
            why.addSuppressed(left);
        }
    }

    /// @return the revision then
    private long apply(List<Entry> pending, Path making) throws IOException {
        StoreOptions unlimited = options.quotaBytes(-1)
                .reserveBytes(0)
                .txnOperationsMax(Integer.MAX_VALUE)
                .retention(new Retention.Everything());
        Ambient standing = StandingClock.of(Ambient.system());
        MvccStore store = MvccStore.open(new FileDisk(making), standing, standing.threads(), unlimited);
        try (store) {
            Requests requests = new Requests(store);
            for (Entry entry : pending) requests.apply(entry);
        }
        // Its end, too, is written.
        if (store.failure() != null) throw new IOException(Requests.failed(store.failure()), store.failure());
        return store.revision();
    }

    /// What has the name of ours and is not is left alone. Ours is made of files with the names of a store's, and the
    /// mark; that moves up first, and no segment is in both places.
    ///
    /// @param above the names in the directory that it is in
    private static void requireOurs(Path made, List<String> above) throws IOException {
        if (!Files.isDirectory(made, NOFOLLOW_LINKS)) throw notOurs(made, "it is no directory");
        List<String> names = new ArrayList<>();
        for (Path file : filesIn(made)) {
            String name = file.getFileName().toString();
            boolean ours = StoreFiles.isOurs(name) || name.equals(Origin.FILE);
            if (!ours || !Files.isRegularFile(file, NOFOLLOW_LINKS)) throw notOurs(made, "it has " + name + " in it");
            if (StoreFiles.isSegment(name) && above.contains(name)) {
                throw notOurs(made, "beside it there is another " + name);
            }
            names.add(name);
        }
        boolean marked = names.contains(Origin.FILE);
        if (marked && StoreFiles.holdsLog(above)) throw notOurs(made, "beside it there is a store already");
        if (!marked && !above.contains(Origin.FILE) && StoreFiles.holdsLog(names)) {
            throw notOurs(made, "nothing says of which etcd the store in it was made");
        }
    }

    private static IOException notOurs(Path made, String why) {
        return new IOException(made + " has the name of what a takeover makes and is something else, " + why
                + ": move it to another place; nothing in it was changed");
    }

    private void moveUp() throws IOException {
        Path made = directory.resolve(MADE);
        for (Path file : filesIn(made).reversed()) {
            String name = file.getFileName().toString();
            if (StoreFiles.isSegment(name) || name.equals(Origin.FILE)) {
                Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                // By the mark one knows what is left of ours after a crash: it is up before any segment is.
                if (name.equals(Origin.FILE)) Directories.force(directory);
            } else {
                Files.delete(file);
            }
        }
        Directories.force(directory);
        Files.delete(made);
        Directories.force(directory);
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /// The state of etcd that a store was made of.
    ///
    /// @param transaction the last one of its database
    private record Origin(long transaction) {
        static final String FILE = "taken-over";

        void write(Path into) throws IOException {
            Path file = into.resolve(FILE);
            Files.writeString(file, "transaction " + transaction + "\n");
            Directories.force(file);
        }

        static @Nullable Origin read(Path directory) throws IOException {
            Path file = directory.resolve(FILE);
            try {
                return new Origin(Long.parseLong(Files.readString(file).strip().replaceFirst("^transaction ", "")));
            } catch (NoSuchFileException e) {
                return null;
            } catch (NumberFormatException e) {
                throw new IOException(file + " is damaged", e);
            }
        }
    }
}
