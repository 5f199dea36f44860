package io.orlop.store.takeover;

import io.orlop.store.proto.walpb.ConfChange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// Who takes part in the consensus, found out as etcd does when it starts: from the newest snapshot that the log knows
/// of, and what the log changes after that.
///
/// ```
///   member/snap/*.snap      A          taken at entry 40
///   the log                 … │ 41 │ 42: add B │ 43 │ 44: remove B │      A
///   the database's members  O A        a row of the cluster that the database was copied from
/// ```
/// The members in the database are asked only where no snapshot was taken yet. `etcdctl snapshot restore` of a 3.4
/// leaves the rows of the old cluster there (a 3.5 empties that table), and makes a snapshot that has the new members.
///
/// @param members who took part
/// @param removed who was a member once
record Membership(Set<Long> members, Set<Long> removed) {
    private static final String WHERE = "; if that etcd had its log elsewhere, say where (--wal-dir)";

    /// @param snapshots those that there are as files
    /// @param known the places of those that the log knows of
    /// @param changes what the log changes, by its entries
    static Membership of(
            EtcdDirectory.State database,
            List<SnapFile> snapshots,
            Set<SnapFile.Mark> known,
            SortedMap<Long, ConfChange> changes)
            throws IOException {
        List<SnapFile> counting =
                snapshots.stream().filter(file -> known.contains(file.mark())).toList();
        if (counting.isEmpty() && !snapshots.isEmpty()) {
            throw new IOException("the write-ahead log knows of no snapshot in " + parent(snapshots.getFirst())
                    + ": it is another's" + WHERE);
        }
        if (counting.isEmpty()) return since(database.members(), database.applied(), database, changes);
        SnapFile newest = counting.stream()
                .max(Comparator.comparing(file -> file.mark().index(), Long::compareUnsigned))
                .orElseThrow();
        return since(newest.members(), newest.mark().index(), database, changes);
    }

    private static Path parent(SnapFile file) {
        return file.path().resolveSibling("");
    }

    private static Membership since(
            Set<Long> then, long index, EtcdDirectory.State database, SortedMap<Long, ConfChange> changes)
            throws IOException {
        Set<Long> members = new TreeSet<>(Long::compareUnsigned);
        Set<Long> removed = new TreeSet<>(Long::compareUnsigned);
        members.addAll(then);
        removed.addAll(database.removed());
        for (var entry : changes.entrySet()) {
            long id = entry.getValue().getNodeId();
            boolean later = entry.getKey() > index;
            switch (entry.getValue().getType()) {
                case ADD_NODE, ADD_LEARNER_NODE -> {
                    if (later && !refused(entry.getKey(), id, database)) members.add(id);
                }
                case REMOVE_NODE -> {
                    if (later) members.remove(id);
                    removed.add(id);
                }
                case UPDATE_NODE -> {}
                case UNRECOGNIZED ->
                    throw new IOException("entry " + entry.getKey() + " changes members in an unknown way, "
                            + entry.getValue().getTypeValue());
            }
        }
        return new Membership(members, removed);
    }

    /// What is in the log may have been refused when its turn came, for an address that another has.
    private static boolean refused(long entry, long id, EtcdDirectory.State database) {
        return entry <= database.applied()
                && !database.members().contains(id)
                && !database.removed().contains(id);
    }

    /// @param self whose log it is
    /// @throws IOException unless that is the only member there is
    void requireAlone(long self) throws IOException {
        if (members.contains(self)) {
            if (members.size() == 1) return;
            throw new IOException("it was one of " + members.size() + " members, of which others may know more");
        }
        if (members.isEmpty() && removed.isEmpty()) {
            throw new IOException("that etcd ended before it noted that it is a member, and holds nothing: to begin a"
                    + " new store, move member/ to another place");
        }
        if (!removed.contains(self)) {
            throw new IOException(
                    "the write-ahead log is of member " + id(self) + ", and the directory is of " + ids() + WHERE);
        }
        throw new IOException("it is of member " + id(self) + ", which is a member no more"
                + (members.isEmpty()
                        ? "; none is left"
                        : "; what counts is in the directory of who is left, " + ids()));
    }

    private String ids() {
        return members.isEmpty()
                ? "nobody"
                : String.join(", ", members.stream().map(Membership::id).toList());
    }

    static String id(long member) {
        return Long.toHexString(member);
    }
}
