package io.orlop.dataplane.pool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/// A pool's metadata in memory: its volumes and which clusters of the disk are taken. A change is applied here by the
/// same code whether it has just been made or is read back from the journal.
final class Catalogue {
    final TreeMap<UUID, Volume> volumes = new TreeMap<>();
    private final BitSet taken = new BitSet();
    private final int clusters;
    private int takenCount;
    private int searchFrom;

    Catalogue(int clusters) {
        this.clusters = clusters;
    }

    int free() {
        return clusters - takenCount;
    }

    int taken() {
        return takenCount;
    }

    Volume volume(UUID uuid) {
        return Objects.requireNonNull(volumes.get(uuid), () -> "no volume " + uuid);
    }

    /// Clusters of the disk that nobody has. They are not taken until a change that names them is applied.
    int[] choose(int count) {
        assert count <= free() : count + " clusters wanted, " + free() + " free";
        int[] chosen = new int[count];
        int at = searchFrom;
        for (int i = 0; i < count; i++) {
            at = taken.nextClearBit(at);
            if (at >= clusters) at = taken.nextClearBit(0);
            chosen[i] = at++;
        }
        return chosen;
    }

    void apply(Change change) {
        switch (change) {
            case Change.Created(Volume volume) -> {
                volumes.put(volume.uuid, volume);
                volume.clusters.forEachOnDisk(this::take);
            }
            case Change.Destroyed(UUID uuid) -> {
                Volume volume = volume(uuid);
                volumes.remove(uuid);
                volume.clusters.forEachOnDisk(this::giveBack);
            }
            case Change.Described(UUID uuid, ReplicaProperties properties) -> volume(uuid).properties = properties;
            case Change.Allocated(UUID uuid, int[] own, int[] disk) -> {
                ClusterMap map = volume(uuid).clusters;
                for (int i = 0; i < own.length; i++) {
                    take(disk[i]);
                    map.assign(own[i], disk[i]);
                }
            }
            case Change.Released(UUID uuid, int first, int count) -> {
                ClusterMap map = volume(uuid).clusters;
                for (int own = first; own < first + count; own++) {
                    if (map.allocated(own)) giveBack(map.release(own));
                }
            }
        }
    }

    private void take(int cluster) {
        assert !taken.get(cluster) : "cluster " + cluster + " belongs to somebody";
        taken.set(cluster);
        takenCount++;
        searchFrom = cluster + 1 < clusters ? cluster + 1 : 0;
    }

    private void giveBack(int cluster) {
        assert taken.get(cluster) : "cluster " + cluster + " is free";
        taken.clear(cluster);
        takenCount--;
    }

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        try {
            out.writeInt(volumes.size());
            for (Volume volume : volumes.values()) Change.encode(volume, out);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return bytes.toByteArray();
    }

    static Catalogue decode(byte[] bytes, int clusters) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(bytes));
        Catalogue catalogue = new Catalogue(clusters);
        int count = in.readInt();
        for (int i = 0; i < count; i++) catalogue.apply(new Change.Created(Change.decodeVolume(in)));
        return catalogue;
    }
}
