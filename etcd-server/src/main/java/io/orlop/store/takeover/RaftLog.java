package io.orlop.store.takeover;

import io.orlop.store.proto.walpb.ConfChange;
import io.orlop.store.proto.walpb.Entry;
import io.orlop.store.proto.walpb.Record;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the write-ahead log says beyond the database: what it was asked since the database was written last, and who
/// takes part.
///
/// ```
///   entries    … 40   41   42 │ 43   44   45
///              the database ──┘ ▲         ▲
///              has these        pending ──┘
/// ```
/// Who is alone agrees with himself: every entry that is safe counts, whether or not the log came to say so. A restart
/// of etcd does the same. Of several members none knows alone which entries count.
final class RaftLog {
    private final long applied;
    private final Set<Long> members = new TreeSet<>(Long::compareUnsigned);
    private final TreeMap<Long, Entry> pending = new TreeMap<>();
    private long last;

    /// @param applied the last entry that the database has
    /// @param members of whom the database knows
    RaftLog(long applied, Set<Long> members) {
        this.applied = applied;
        this.members.addAll(members);
    }

    void hear(Record record) throws IOException {
        if (record.getType() != WriteAheadLog.ENTRY) return;
        Entry entry = Entry.parseFrom(record.getData());
        // An entry takes the place of those that had its number and later ones.
        if (entry.getIndex() <= last) pending.tailMap(entry.getIndex(), true).clear();
        last = entry.getIndex();
        if (last > applied) pending.put(last, entry);
        switch (entry.getType()) {
            case NORMAL -> {}
            case CONF_CHANGE -> hear(ConfChange.parseFrom(entry.getData()));
            case CONF_CHANGE_V2, UNRECOGNIZED ->
                throw new IOException("entry " + last + " is of an unknown kind, " + entry.getTypeValue());
        }
    }

    private void hear(ConfChange change) throws IOException {
        switch (change.getType()) {
            case ADD_NODE, ADD_LEARNER_NODE -> members.add(change.getNodeId());
            case REMOVE_NODE -> members.remove(change.getNodeId());
            case UPDATE_NODE -> {}
            case UNRECOGNIZED ->
                throw new IOException("entry " + last + " changes members in an unknown way, " + change.getTypeValue());
        }
    }

    int members() {
        return members.size();
    }

    /// What the database does not have, in order.
    ///
    /// @throws IOException if some of it is not in the log any more
    List<Entry> pending() throws IOException {
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
