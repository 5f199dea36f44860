package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/// A pool's metadata in memory: its volumes, which clusters of the disk are taken, and what else is kept. A change is
/// applied here by the same code whether it has just been made or is read back from the log.
///
/// ```
///   free ── choose ──► reserved ── Wrote, Created ──► a volume's ── Released, Destroyed ──► in limbo
///    ▲                     │                                                                   │
///    ╰──── giveBack ───────┴──────────────────── settled: the release is on the medium ────────╯
/// ```
///
/// A cluster in limbo is nobody's, and is not given to anybody: if its release were lost, its former owner would show
/// what the new one wrote.
final class Catalogue {
    private record Limbo(int cluster, long sequence) {}

    final TreeMap<UUID, Volume> volumes = new TreeMap<>();
    private final TreeMap<byte[], Fact> facts = new TreeMap<>(Arrays::compareUnsigned);

    /// Keys of what has changed since the last checkpoint.
    private final TreeSet<byte[]> dirty = new TreeSet<>(Arrays::compareUnsigned);

    /// Also what is reserved, and in limbo.
    private final BitSet taken = new BitSet();

    private final ArrayDeque<Limbo> limbo = new ArrayDeque<>();
    private final int clusters;
    private int takenCount;
    private int metadataCount;
    private int searchFrom;
    private int used;

    Catalogue(int clusters) {
        this.clusters = clusters;
    }

    /// Clusters that volumes can have or have.
    int capacity() {
        return clusters - metadataCount;
    }

    /// Clusters that volumes have.
    int used() {
        return used;
    }

    /// Clusters that are not metadata's and not free.
    int owned() {
        return takenCount - metadataCount;
    }

    /// Clusters that can be had, some of them only when what is written is settled.
    int free() {
        return clusters - takenCount + limbo.size();
    }

    /// Clusters that can be had now.
    int available() {
        return clusters - takenCount;
    }

    int factCount() {
        return facts.size();
    }

    Optional<Fact> fact(byte[] key) {
        return Optional.ofNullable(facts.get(key));
    }

    Volume volume(UUID uuid) {
        return Objects.requireNonNull(volumes.get(uuid), () -> "no volume " + uuid);
    }

    /// Reserves clusters of the disk that nobody has.
    int[] choose(int count) {
        assert count <= available() : count + " clusters wanted, " + available() + " available";
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            int cluster = taken.nextClearBit(searchFrom);
            if (cluster >= clusters) cluster = taken.nextClearBit(0);
            taken.set(cluster);
            takenCount++;
            chosen[i] = cluster;
            searchFrom = cluster + 1 < clusters ? cluster + 1 : 0;
        }
        return chosen;
    }

    /// Those reserved are not needed after all.
    void giveBack(int[] reserved) {
        for (int cluster : reserved) free(cluster);
    }

    private void free(int cluster) {
        assert taken.get(cluster) : "cluster " + cluster + " is free";
        taken.clear(cluster);
        takenCount--;
    }

    /// An entry of the tree.
    void load(byte[] key, byte[] value) throws IOException {
        switch (Fact.decode(key, value)) {
            case Fact.OfVolume of -> volumes.put(of.uuid(), new Volume(of));
            case Fact.Extents(UUID uuid, int span, byte[] runs) -> {
                Volume volume = volumes.get(uuid);
                if (volume == null) throw new IOException("its metadata is damaged: there is no volume " + uuid);
                volume.clusters.decodeSpan(span, runs);
            }
            case Fact fact -> put(fact);
        }
    }

    /// The tree was read.
    void loaded() throws IOException {
        for (Volume volume : volumes.values()) volume.clusters.forEachOnDisk(this::own);
        for (Fact fact : facts.values()) {
            if (!(fact instanceof Fact.MetadataClusters(int first, int count))) continue;
            metadataCount += count;
            for (int cluster = first; cluster < first + count; cluster++) claim(cluster);
        }
        refuseSharedClusters();
    }

    private void refuseSharedClusters() throws IOException {
        if (takenCount != taken.cardinality()) {
            throw new IOException("its metadata is damaged: a cluster belongs to two");
        }
    }

    /// In the order of their sequence.
    void replay(Iterable<Change> changes) throws IOException {
        for (Change change : changes) apply(change, 0, false);
        refuseSharedClusters();
    }

    /// A change that was written as the frame of this sequence.
    void apply(Change change, long sequence) {
        apply(change, sequence, true);
    }

    /// @param live whether clusters were chosen before, by [#choose], and are in limbo when they are released
    private void apply(Change change, long sequence, boolean live) {
        switch (change) {
            case Change.Created(Fact.OfVolume of, int birth, var runs) -> {
                Volume volume = new Volume(of);
                volumes.put(volume.uuid, volume);
                dirty.add(of.key());
                for (Change.Run run : runs) {
                    for (int i = 0; i < run.count(); i++) {
                        if (!live) claim(run.disk() + i);
                        assign(volume, run.own() + i, run.disk() + i, birth, 0);
                    }
                }
            }
            case Change.Destroyed(UUID uuid) -> {
                Volume volume = volume(uuid);
                release(volume, 0, volume.clusters.size(), sequence, live);
                volumes.remove(uuid);
                dirty.add(Fact.OfVolume.of(volume).key());
            }
            case Change.Described(UUID uuid, ReplicaProperties properties) -> {
                Volume volume = volume(uuid);
                volume.properties = properties;
                dirty.add(Fact.OfVolume.of(volume).key());
            }
            case Change.Wrote(UUID uuid, int birth, var parts) -> {
                Volume volume = volume(uuid);
                for (Change.Part part : parts) {
                    if (part.disk() >= 0) {
                        if (!live) claim(part.disk());
                        assign(volume, part.own(), part.disk(), birth, part.pieces());
                    } else {
                        volume.clusters.write(part.own(), part.pieces());
                        dirtySpan(volume, part.own());
                    }
                }
            }
            case Change.Cleared(UUID uuid, var parts) -> {
                Volume volume = volume(uuid);
                for (Change.Part part : parts) {
                    // What was in doubt when the log was read is not there.
                    if (!volume.clusters.allocated(part.own())) continue;
                    volume.clusters.clear(part.own(), part.pieces());
                    dirtySpan(volume, part.own());
                }
            }
            case Change.Released(UUID uuid, int first, int count) ->
                release(volume(uuid), first, count, sequence, live);
            case Change.Put(Fact fact) -> {
                put(fact);
                dirty.add(fact.key());
            }
            case Change.Forgotten(byte[] key) -> {
                facts.remove(key);
                dirty.add(key);
            }
            case Change.Doubted() -> {}
        }
    }

    private void put(Fact fact) {
        facts.put(fact.key(), fact);
    }

    private void own(int cluster) {
        claim(cluster);
        used++;
    }

    private void claim(int cluster) {
        taken.set(cluster);
        takenCount++;
        searchFrom = cluster + 1 < clusters ? cluster + 1 : 0;
    }

    private void assign(Volume volume, int own, int cluster, int birth, long pieces) {
        volume.clusters.assign(own, cluster, birth, pieces);
        used++;
        dirtySpan(volume, own);
    }

    private void release(Volume volume, int first, int count, long sequence, boolean live) {
        ClusterMap map = volume.clusters;
        for (int own = map.nextAllocated(first); own < first + count; own = map.nextAllocated(own + 1)) {
            int cluster = map.release(own);
            if (live) limbo.add(new Limbo(cluster, sequence));
            else free(cluster);
            used--;
            dirtySpan(volume, own);
        }
    }

    private void dirtySpan(Volume volume, int own) {
        dirty.add(Fact.Extents.key(volume.uuid, own / ClusterMap.SPAN));
    }

    /// So many frames are on the medium, and proven to be: whoever gave up clusters in them has done so for good.
    ///
    /// @return how many clusters can be had now that could not before
    int[] settle(long frames) {
        int count = 0;
        int[] freed = new int[limbo.size()];
        while (!limbo.isEmpty() && limbo.getFirst().sequence < frames) {
            freed[count] = limbo.removeFirst().cluster;
            free(freed[count++]);
        }
        return Arrays.copyOf(freed, count);
    }

    /// A cluster that was chosen becomes metadata's.
    void grow(int cluster) {
        metadataCount++;
        Fact fact = new Fact.MetadataClusters(cluster, 1);
        put(fact);
        dirty.add(fact.key());
    }

    Iterable<Fact> facts() {
        return facts.values();
    }

    /// What the tree does not have yet.
    NavigableMap<byte[], Optional<byte[]>> unsaved() {
        TreeMap<byte[], Optional<byte[]>> unsaved = new TreeMap<>(Arrays::compareUnsigned);
        for (byte[] key : dirty) unsaved.put(key, valueOf(key));
        return unsaved;
    }

    private Optional<byte[]> valueOf(byte[] key) {
        ByteSource in = new ByteSource(key, 1);
        return switch (key[0]) {
            case Fact.VOLUME ->
                Optional.ofNullable(volumes.get(Codec.uuid(in)))
                        .map(volume -> Fact.OfVolume.of(volume).value());
            case Fact.EXTENTS ->
                Optional.ofNullable(volumes.get(Codec.uuid(in)))
                        .map(volume -> volume.clusters.encodeSpan(Codec.ordered(in)))
                        .filter(runs -> runs.length > 0);
            default -> fact(key).map(Fact::value);
        };
    }

    /// The tree has everything.
    void saved() {
        dirty.clear();
    }
}
