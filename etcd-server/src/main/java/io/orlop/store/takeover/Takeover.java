package io.orlop.store.takeover;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.orlop.disk.Directory;
import io.orlop.disk.DirectoryLock;
import io.orlop.disk.SystemDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.backup.Directories;
import io.orlop.store.backup.Restore;
import io.orlop.store.engine.HeapTooSmallException;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.Retention;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.StoreFiles;
import io.orlop.store.proto.walpb.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    /// A 3.4 and later keeps the certificates there that it made itself.
    private static final String FIXTURES = "fixtures";

    private final Path directory;
    private final EtcdDirectory etcd;
    private final StoreOptions options;
    private final Made made;
    private final Disks disks;

    private Takeover(Path directory, EtcdDirectory etcd, StoreOptions options, Disks disks) {
        this.directory = directory;
        this.etcd = etcd;
        this.options = options;
        this.made = Made.in(directory);
        this.disks = disks;
    }

    /// How a directory is written to.
    interface Disks {
        Directory at(Path directory) throws IOException;
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
        return of(directory, wal, options, SystemDirectory::new);
    }

    static Optional<Taken> of(Path directory, Path wal, StoreOptions options, Disks disks) throws IOException {
        EtcdDirectory etcd = EtcdDirectory.in(directory, wal);
        if (!Made.in(directory).isThere() && !etcd.isThere()) return Optional.empty();
        SystemDirectory disk = SystemDirectory.existing(directory);
        try (DirectoryLock lock = disk.lock()) {
            try {
                return new Takeover(directory, etcd, options, disks).run(disk);
            } catch (IOException | RuntimeException refused) {
                lock.leaveNothing();
                throw refused;
            }
        }
    }

    private Optional<Taken> run(SystemDirectory disk) throws IOException {
        if (made.isThere()) {
            made.requireOurs(disk.names());
            made.moveUp();
        }
        if (StoreFiles.holdsLog(disk.names())) {
            checkUnchanged();
            return Optional.empty();
        }
        Taken taken = make(disk.names());
        made.moveUp();
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

    private Taken make(List<String> names) throws IOException {
        try {
            requireAlone(names);
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
            raft.requireOnlyMember(SnapFile.in(etcd.snapshots()));
            List<Entry> pending = raft.pending();
            long[] revision = {0};
            Directories.make(made.directory(), making -> {
                try {
                    Directory disk = disks.at(making);
                    Restore.into(disk, etcd.database());
                    revision[0] = apply(pending, disk);
                    note(new Origin(state.transaction()), disk);
                } catch (IOException | RuntimeException e) {
                    discard(making, e);
                    throw e;
                }
            });
            return new Taken(etcd.member(), revision[0], pending.size());
        }
    }

    private static void note(Origin origin, Directory disk) throws IOException {
        try {
            origin.write(disk);
        } catch (IOException e) {
            throw new IOException(Requests.failed(e), e);
        }
    }

    /// Where there is more than an etcd leaves, somebody keeps something else, or has lost the rest of a store.
    private void requireAlone(List<String> names) throws IOException {
        List<String> others = new ArrayList<>(names);
        others.removeAll(List.of(etcd.member().getFileName().toString(), SystemDirectory.LOCK));
        others.remove(etcd.walWithin(directory));
        others.removeIf(name -> List.of(FIXTURES, Made.UNFINISHED).contains(name)
                && Files.isDirectory(directory.resolve(name), NOFOLLOW_LINKS));
        if (others.isEmpty()) return;
        throw new IOException("beside it there is " + String.join(", ", others)
                + ", which is no etcd's and of no use to a store: move it to another place");
    }

    /// Half of it is of no use, and where the disk is full it takes the room.
    private static void discard(Path making, Exception why) {
        try {
            for (Path file : Made.filesIn(making)) Files.delete(file);
            Files.delete(making);
        } catch (IOException left) {
            why.addSuppressed(left);
        }
    }

    /// @return the revision then
    private long apply(List<Entry> pending, Directory disk) throws IOException {
        StoreOptions unlimited = options.quotaBytes(-1)
                .reserveBytes(0)
                .txnOperationsMax(Integer.MAX_VALUE)
                .retention(new Retention.Everything());
        Ambient standing = StandingClock.of(Ambient.system());
        MvccStore store;
        try {
            store = MvccStore.open(disk, standing, standing.threads(), unlimited);
        } catch (HeapTooSmallException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(Requests.failed(e), e);
        }
        try (Ending _ = () -> end(store)) {
            Requests requests = new Requests(store);
            for (Entry entry : pending) requests.apply(entry);
        }
        // Its end, too, is written.
        if (store.failure() != null) throw new IOException(Requests.failed(store.failure()), store.failure());
        return store.revision();
    }

    private interface Ending extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private static void end(MvccStore store) throws IOException {
        try {
            store.close();
        } catch (IOException e) {
            throw new IOException(Requests.failed(e), e);
        }
    }
}
