package io.orlop.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How much of everything may be asked for. What is asked is checked before it is promised, by the records that carry a
/// request: so it holds at every door. What is in the store already was taken by an earlier version, and stays
/// readable.
///
/// ```
/// a volume, replica, nexus     1 PiB             replicas of a volume      16
/// a label's prefix             253 characters    labels of a thing         64
/// a label's name, its value    63 characters     names in a list           1,024
/// the NQN of a host            223 characters    hosts that may connect    256
/// a URI                        4,096 characters  children of a nexus       32
/// what a node says of itself   4,096 characters  disks of a pool           32
/// addresses of a node          32                volumes that keep apart   1,024
/// ```
public final class Limits {
    /// No disk is larger, and sums of some thousands of them can still be counted.
    public static final Bytes SIZE = Bytes.gib(1 << 20);

    public static final int REPLICAS = 16;
    public static final int LABELS = 64;
    public static final int ADDRESSES = 32;
    static final int NAMES = 1024;
    static final int HOSTS = 256;
    static final int NQN_LENGTH = 223;
    static final int URI_LENGTH = 4096;
    static final int CHILDREN = 32;
    static final int DISKS = 32;
    static final int GROUP = 1024;

    private Limits() {}

    /// @param subject for a refusal: `volume 0d1c…`
    public static VolumeShape checked(String subject, VolumeShape shape) {
        checked(subject, shape.size());
        replicas(subject, shape.numReplicas());
        Labels.checked(subject, shape.labels());
        snapshots(subject, shape.maxSnapshots() == null ? 0 : shape.maxSnapshots());
        checked(subject, shape.topology());
        return shape;
    }

    public static NexusShape checked(String subject, NexusShape shape) {
        checked(subject, shape.size());
        text(subject, "the name", shape.name(), 253);
        return shape;
    }

    public static Bytes checked(String subject, Bytes size) {
        if (size.isZero()) throw new Refusal.Invalid(subject + " has no size", "ask for at least one byte").exception();
        if (size.moreThan(SIZE)) {
            throw new Refusal.OutOfRange(
                            "%s cannot have %d bytes".formatted(subject, size.count()), "ask for at most " + SIZE)
                    .exception();
        }
        return size;
    }

    public static int replicas(String subject, int count) {
        if (count < 1 || count > REPLICAS) {
            throw new Refusal.Invalid(
                            "%s cannot have %d replicas".formatted(subject, count),
                            "ask for one or more, and at most " + REPLICAS)
                    .exception();
        }
        return count;
    }

    public static int snapshots(String subject, int most) {
        if (most < 0) {
            throw new Refusal.Invalid(
                            "%s cannot have at most %d snapshots".formatted(subject, most), "give zero or more")
                    .exception();
        }
        return most;
    }

    public static List<String> hosts(String subject, List<String> nqns) {
        fewer(subject, "hosts", nqns, HOSTS);
        nqns.forEach(nqn -> text(subject, "the name of a host", nqn, NQN_LENGTH));
        return nqns;
    }

    public static List<AllowedHost> allowed(String subject, List<AllowedHost> hosts) {
        hosts(subject, hosts.stream().map(AllowedHost::nqn).toList());
        return hosts;
    }

    public static String uri(String subject, String uri) {
        text(subject, "a URI", uri, URI_LENGTH);
        return uri;
    }

    public static List<String> disks(String subject, List<String> disks) {
        fewer(subject, "disks", disks, DISKS);
        disks.forEach(disk -> uri(subject, disk));
        return disks;
    }

    public static List<VolumeId> group(AffinityGroupId group, List<VolumeId> volumes) {
        fewer("affinity group " + group, "volumes", volumes, GROUP);
        return volumes;
    }

    public static NodeRegistration said(NodeRegistration node) {
        String subject = "node " + node.id();
        text(subject, "the endpoint", node.grpcEndpoint(), URI_LENGTH);
        text(subject, "the instance", Objects.requireNonNullElse(node.instance(), ""), URI_LENGTH);
        text(subject, "the NQN", Objects.requireNonNullElse(node.nqn(), ""), NQN_LENGTH);
        text(subject, "the version", Objects.requireNonNullElse(node.version(), ""), URI_LENGTH);
        fewer(subject, "addresses", node.addresses(), ADDRESSES);
        return node;
    }

    public static List<NexusChild> children(String subject, List<NexusChild> children) {
        fewer(subject, "children", children, CHILDREN);
        children.forEach(child -> uri(subject, child.uri()));
        return children;
    }

    private static void checked(String subject, Topology topology) {
        switch (topology.nodes()) {
            case Topology.Nodes.Any() -> {}
            case Topology.Nodes.Explicit(var allowed, var preferred) -> {
                fewer(subject, "allowed nodes", allowed, NAMES);
                fewer(subject, "preferred nodes", preferred, NAMES);
            }
            case Topology.Nodes.Labelled(var inclusion, var exclusion, var keys) ->
                labels(subject, inclusion, exclusion, keys);
        }
        switch (topology.pools()) {
            case Topology.Pools.Any() -> {}
            case Topology.Pools.Labelled(var inclusion, var exclusion, var keys) ->
                labels(subject, inclusion, exclusion, keys);
        }
    }

    private static void labels(
            String subject, Map<String, String> inclusion, Map<String, String> exclusion, List<String> keys) {
        Labels.checked(subject, inclusion);
        Labels.checked(subject, exclusion);
        fewer(subject, "keys", keys, LABELS);
        keys.forEach(key -> Labels.checkedKey(subject, key));
    }

    static void fewer(String subject, String what, Collection<?> all, int most) {
        if (all.size() <= most) return;
        throw new Refusal.Invalid("%s is given %d %s".formatted(subject, all.size(), what), "give at most " + most)
                .exception();
    }

    static void text(String subject, String what, String text, int most) {
        if (text.length() <= most) return;
        throw new Refusal.Invalid(
                        "%s of %s has %d characters: %s…"
                                .formatted(what, subject, text.length(), text.substring(0, 32)),
                        "use at most " + most)
                .exception();
    }
}
