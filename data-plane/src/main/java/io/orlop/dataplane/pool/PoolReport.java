package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a pool's disk says, for who has nothing but the disk.
///
/// @param size of its clusters in all, in bytes
/// @param complaint about a super block; null for none
/// @param changes in the log
/// @param doubted whether writes that were not flushed do not count, because the memory they lay in lost some
/// @param unknown keys of a later version, in hexadecimal digits
public record PoolReport(
        String pool,
        UUID uuid,
        UUID incarnation,
        long generation,
        long clusterSize,
        long size,
        long free,
        long metadata,
        @Nullable String complaint,
        int changes,
        boolean doubted,
        List<Replica> replicas,
        List<Child> children,
        List<Reservation> reservations,
        List<String> unknown) {

    /// @param allocated bytes of clusters that it has
    /// @param written bytes of pieces that hold something
    /// @param entity what it is a copy of; empty for unknown
    public record Replica(
            UUID uuid,
            String name,
            boolean thin,
            long size,
            long allocated,
            long written,
            boolean shared,
            List<String> hosts,
            String entity) {}

    /// @param healthy null if nothing is said of it
    /// @param dirty segments that it lacks
    public record Child(UUID volume, UUID child, @Nullable Boolean healthy, long epoch, long dirty) {}

    /// @param holder in hexadecimal digits; empty for nobody
    public record Reservation(UUID volume, long generation, int type, String holder, int registrants) {}

    /// Writes nothing.
    ///
    /// @return empty if the disk carries no pool of this format
    /// @throws IOException also if the pool is damaged
    public static Optional<PoolReport> of(Disk disk) throws IOException {
        if (!(DiskContent.of(disk) instanceof DiskContent.OfPool(SuperBlock block, var complaint, var damaged))) {
            return Optional.empty();
        }
        if (!block.compatibility().readable()) {
            throw new IOException(
                    "pool '%s' was written by a later version: inspect it with that".formatted(block.name()));
        }
        Metadata.Loaded loaded = Metadata.load(disk, block);
        boolean doubted = loaded.log().inDoubt(!Metadata.remembers(disk, block));
        Catalogue catalogue = loaded.catalogue();
        catalogue.replay(loaded.log().counting(doubted));
        long clusterSize = block.geometry().clusterSize();
        return Optional.of(new PoolReport(
                block.name(),
                block.uuid(),
                block.incarnation(),
                block.generation(),
                clusterSize,
                block.geometry().clusters() * clusterSize,
                catalogue.free() * clusterSize,
                (block.geometry().clusters() - catalogue.capacity()) * clusterSize,
                complaint.orElse(null),
                loaded.log().changes().size(),
                doubted,
                catalogue.volumes.values().stream()
                        .map(volume -> replica(volume, block.geometry()))
                        .toList(),
                children(catalogue),
                reservations(catalogue),
                unknown(catalogue)));
    }

    private static Replica replica(Volume volume, Geometry geometry) {
        long pieces = 0;
        ClusterMap map = volume.clusters;
        for (int own = map.nextAllocated(0); own < map.size(); own = map.nextAllocated(own + 1)) {
            pieces += Long.bitCount(map.written(own));
        }
        return new Replica(
                volume.uuid,
                volume.name,
                volume.thin,
                map.size() * geometry.clusterSize(),
                map.allocatedCount() * geometry.clusterSize(),
                pieces * geometry.pieceSize(),
                volume.properties.shared(),
                volume.properties.allowedHosts(),
                volume.properties.entityId());
    }

    private static List<Child> children(Catalogue catalogue) {
        TreeMap<String, Child> children = new TreeMap<>();
        for (Fact fact : catalogue.facts()) {
            switch (fact) {
                case Fact.ChildHealth(UUID volume, UUID child, boolean healthy, long epoch) ->
                    children.merge(
                            volume + " " + child,
                            new Child(volume, child, healthy, epoch, 0),
                            (had, said) -> new Child(volume, child, healthy, epoch, had.dirty));
                case Fact.DirtySegments(UUID volume, UUID child, int _, byte[] bits) -> {
                    long dirty = BitSet.valueOf(bits).cardinality();
                    children.merge(
                            volume + " " + child,
                            new Child(volume, child, null, 0, dirty),
                            (had, more) -> new Child(volume, child, had.healthy, had.epoch, had.dirty + more.dirty));
                }
                default -> {}
            }
        }
        return List.copyOf(children.values());
    }

    private static List<Reservation> reservations(Catalogue catalogue) {
        List<Reservation> reservations = new ArrayList<>();
        for (Fact fact : catalogue.facts()) {
            if (fact
                    instanceof
                    Fact.Reservation(UUID volume, long generation, int type, byte[] holder, var registrants)) {
                reservations.add(new Reservation(
                        volume, generation, type, HexFormat.of().formatHex(holder), registrants.size()));
            }
        }
        return List.copyOf(reservations);
    }

    private static List<String> unknown(Catalogue catalogue) {
        List<String> keys = new ArrayList<>();
        for (Fact fact : catalogue.facts()) {
            if (fact instanceof Fact.Unknown unknown) keys.add(HexFormat.of().formatHex(unknown.key()));
        }
        return List.copyOf(keys);
    }
}
