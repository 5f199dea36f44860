package io.orlop.control.keyspace;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Changes that are kept all together or not at all, and only if every comparison holds and the fence still stands.
public record Transaction(List<Compare> compares, List<Change> changes, @Nullable Fence fence) {
    public Transaction {
        compares = List.copyOf(compares);
        changes = List.copyOf(changes);
        var keys = new TreeSet<String>();
        for (Change change : changes) {
            if (!keys.add(change.key())) throw new IllegalArgumentException(change.key() + " is changed twice");
        }
    }

    public static Builder of() {
        return new Builder();
    }

    public Transaction fencedBy(@Nullable Fence fence) {
        return new Transaction(compares, changes, fence);
    }

    /// Collects a transaction key by key.
    public static final class Builder {
        private final List<Compare> compares = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();
        private @Nullable Fence fence;

        private Builder() {}

        public Builder absent(String key) {
            compares.add(new Compare.Absent(key));
            return this;
        }

        public Builder unchanged(String key, long modRevision) {
            compares.add(new Compare.Unchanged(key, modRevision));
            return this;
        }

        public Builder put(String key, byte[] value) {
            return put(key, value, 0);
        }

        public Builder put(String key, byte[] value, long lease) {
            changes.add(new Change.Put(key, value, lease));
            return this;
        }

        public Builder delete(String key) {
            changes.add(new Change.Delete(key));
            return this;
        }

        public Builder fencedBy(@Nullable Fence fence) {
            this.fence = fence;
            return this;
        }

        public Transaction build() {
            return new Transaction(compares, changes, fence);
        }
    }
}
