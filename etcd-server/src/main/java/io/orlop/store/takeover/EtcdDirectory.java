package io.orlop.store.takeover;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orlop.store.bolt.BoltReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// Where a real etcd keeps everything.
///
/// ```
///   member/snap/*.snap   who took part when the log was at some entry
///   member/snap/db       what was applied, in batches, as a database
///   member/wal/*.wal     what was asked, entry by entry, safe before it is applied
/// ```
record EtcdDirectory(Path member, Path database, Path wal) {
    private static final String META = "meta";
    private static final String MEMBERS = "members";
    private static final String REMOVED = "members_removed";
    private static final String INDEX = "consistent_index";

    /// @param apart where the write-ahead log is if it has a place of its own, or an empty path
    static EtcdDirectory in(Path directory, Path apart) {
        Path member = directory.resolve("member");
        Path usual = member.resolve("wal");
        return new EtcdDirectory(
                member, member.resolve("snap").resolve("db"), apart.toString().isEmpty() ? usual : apart);
    }

    boolean isThere() {
        return Files.isDirectory(member);
    }

    Path snapshots() {
        return database.resolveSibling("");
    }

    /// The name in a directory that the write-ahead log is in or below; empty if it is elsewhere.
    String walWithin(Path directory) {
        Path from = directory.toAbsolutePath().normalize();
        Path log = wal.toAbsolutePath().normalize();
        return log.startsWith(from) && !log.equals(from)
                ? from.relativize(log).getName(0).toString()
                : "";
    }

    /// What the database says of itself.
    ///
    /// @param transaction grows whenever an etcd so much as starts
    /// @param applied the last entry of the write-ahead log that is in it
    /// @param removed who was a member once
    record State(long transaction, long applied, Set<Long> members, Set<Long> removed) {}

    State state() throws IOException {
        if (!Files.isRegularFile(database)) {
            throw new IOException(member + " is there, and " + database + " is not");
        }
        try (BoltReader reader = BoltReader.open(database, Files.size(database))) {
            long[] applied = {0};
            Set<Long> members = new TreeSet<>();
            Set<Long> removed = new TreeSet<>();
            reader.rows(META, (key, value) -> {
                if (new String(key, UTF_8).equals(INDEX) && value.length == Long.BYTES) {
                    applied[0] = ByteBuffer.wrap(value).getLong();
                }
            });
            reader.rows(MEMBERS, (key, _) -> members.add(id(key)));
            reader.rows(REMOVED, (key, _) -> removed.add(id(key)));
            return new State(reader.transaction(), applied[0], members, removed);
        }
    }

    private static long id(byte[] key) throws IOException {
        String text = new String(key, UTF_8);
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new IOException("the database has a member " + text + ", which is no member's id", e);
        }
    }
}
