package io.orlop.store.takeover;

import io.orlop.store.proto.walpb.ConfChange;
import io.orlop.store.proto.walpb.Entry;
import io.orlop.store.proto.walpb.HardState;
import io.orlop.store.proto.walpb.Metadata;
import io.orlop.store.proto.walpb.Record;
import io.orlop.store.proto.walpb.SnapshotTaken;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the write-ahead log says beyond the database: what it was asked since the database was written last, and who
/// takes part.
///
/// ```
///   entries    … 40   41   42 │ 43   44   45
///              the database ──┘ ▲         ▲
///              has these        pending ──┘
/// ```
/// Who is alone agrees with himself: every entry that is safe counts, whether or not the log came to say so. A restart
/// of etcd does the same. Of several members none knows alone which entries count, and one that was removed stopped
/// listening then: in its database are those who are left.
final class RaftLog {
    private final EtcdDirectory.State database;
    private final TreeMap<Long, ConfChange> changes = new TreeMap<>();
    private final TreeMap<Long, Entry> pending = new TreeMap<>();
    private final Set<SnapFile.Mark> snapshots = new HashSet<>();
    private @Nullable Metadata owner;
    private long last;
    private long committed;

    RaftLog(EtcdDirectory.State database) {
        this.database = database;
    }

    void hear(Record record) throws IOException {
        switch ((int) record.getType()) {
            case WriteAheadLog.METADATA -> hear(Metadata.parseFrom(record.getData()));
            case WriteAheadLog.ENTRY -> hear(Entry.parseFrom(record.getData()));
            case WriteAheadLog.STATE ->
                committed = HardState.parseFrom(record.getData()).getCommit();
            case WriteAheadLog.SNAPSHOT -> hear(SnapshotTaken.parseFrom(record.getData()));
            default -> {}
        }
    }

    private void hear(Metadata metadata) throws IOException {
        if (owner != null && !owner.equals(metadata)) {
            throw new IOException("its write-ahead log is of two members, " + Membership.id(owner.getNodeId()) + " and "
                    + Membership.id(metadata.getNodeId()));
        }
        owner = metadata;
    }

    private void hear(SnapshotTaken snapshot) {
        snapshots.add(new SnapFile.Mark(snapshot.getTerm(), snapshot.getIndex()));
    }

    private void hear(Entry entry) throws IOException {
        // An entry takes the place of those that had its number and later ones.
        if (entry.getIndex() <= last) {
            pending.tailMap(entry.getIndex(), true).clear();
            changes.tailMap(entry.getIndex(), true).clear();
        }
        last = entry.getIndex();
        if (last > database.applied()) pending.put(last, entry);
        switch (entry.getType()) {
            case NORMAL -> {}
            case CONF_CHANGE -> changes.put(last, ConfChange.parseFrom(entry.getData()));
            case CONF_CHANGE_V2, UNRECOGNIZED ->
                throw new IOException("entry " + last + " is of an unknown kind, " + entry.getTypeValue());
        }
    }

    /// @param files the snapshots there are
    /// @throws IOException unless it is the log of the only member there is
    void requireOnlyMember(List<SnapFile> files) throws IOException {
        if (owner == null) throw new IOException("its write-ahead log does not say whose it is");
        Membership.of(database, files, snapshots, changes).requireAlone(owner.getNodeId());
    }

    /// What the database does not have, in order.
    ///
    /// @throws IOException if some of it is not in the log any more, or the log ends before what others know of it
    List<Entry> pending() throws IOException {
        long applied = database.applied();
        long known = Math.max(applied, committed);
        if (last < known) {
            throw new IOException("the write-ahead log ends with entry " + last + ", and "
                    + (applied > last ? "the database has" : "the log itself knows of") + " entry " + known
                    + ": it is an old one, or not whole; if that etcd had its log elsewhere, say where (--wal-dir)");
        }
        long next = applied + 1;
        for (long index : pending.keySet()) {
            if (index != next) {
                throw new IOException("the database ends with entry " + applied + ", and entry " + next
                        + " is not in the write-ahead log, which goes on with " + index);
            }
            next++;
        }
        return List.copyOf(pending.values());
    }
}
