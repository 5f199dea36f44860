package io.orlop.wire.service;

import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import java.util.Comparator;

/// One thing that a node reports, by itself: what did not change is not told again with what did.
///
/// How much of a pool or a replica is used is a fact of its own, because it changes with every write of a host and
/// nobody has to be woken for it. A `Pool` or `Replica` fact carries the usage of its moment as well, so that the later
/// of the two is always right.
///
/// While a node is not online, what it reported last does not count; nothing else is told of it.
public sealed interface Fact {
    NodeId node();

    Id id();

    /// What a later fact replaces an earlier one by.
    ///
    /// @param name the resource's id as text; empty for the node itself
    record Id(NodeId node, Kind kind, String name) implements Comparable<Id> {
        private static final Comparator<Id> ORDER =
                Comparator.comparing(Id::node).thenComparing(Id::kind).thenComparing(Id::name);

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }
    }

    /// The kinds of facts.
    enum Kind {
        NODE,
        POOL,
        POOL_USAGE,
        REPLICA,
        REPLICA_USAGE,
        NEXUS
    }

    record Node(NodeState state) implements Fact {
        @Override
        public NodeId node() {
            return state.id();
        }

        @Override
        public Id id() {
            return new Id(state.id(), Kind.NODE, "");
        }
    }

    record Pool(PoolState state) implements Fact {
        @Override
        public NodeId node() {
            return state.node();
        }

        @Override
        public Id id() {
            return id(state.node(), state.id());
        }

        public static Id id(NodeId node, PoolId pool) {
            return new Id(node, Kind.POOL, pool.name());
        }
    }

    record PoolUsage(NodeId node, PoolId pool, Bytes used, Bytes committed) implements Fact {
        @Override
        public Id id() {
            return new Id(node, Kind.POOL_USAGE, pool.name());
        }
    }

    record Replica(ReplicaState state) implements Fact {
        @Override
        public NodeId node() {
            return state.node();
        }

        @Override
        public Id id() {
            return id(state.node(), state.uuid());
        }

        public static Id id(NodeId node, ReplicaId replica) {
            return new Id(node, Kind.REPLICA, replica.toString());
        }
    }

    record ReplicaUsage(NodeId node, ReplicaId replica, ReplicaSpace space) implements Fact {
        @Override
        public Id id() {
            return new Id(node, Kind.REPLICA_USAGE, replica.toString());
        }
    }

    record Nexus(NexusState state) implements Fact {
        @Override
        public NodeId node() {
            return state.node();
        }

        @Override
        public Id id() {
            return id(state.node(), state.uuid());
        }

        public static Id id(NodeId node, NexusId nexus) {
            return new Id(node, Kind.NEXUS, nexus.toString());
        }
    }
}
