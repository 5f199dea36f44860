package io.orlop.dataplane.pool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// A change of a pool's metadata, as it is written to the journal and applied again when the pool is imported.
sealed interface Change {
    record Created(Volume volume) implements Change {}

    record Destroyed(UUID volume) implements Change {}

    record Described(UUID volume, ReplicaProperties properties) implements Change {}

    /// Own clusters got clusters of the disk, pair by pair.
    record Allocated(UUID volume, int[] own, int[] disk) implements Change {}

    /// A range of own clusters gave up what it had.
    record Released(UUID volume, int first, int count) implements Change {}

    default byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        try {
            switch (this) {
                case Created(Volume volume) -> {
                    out.writeByte('C');
                    encode(volume, out);
                }
                case Destroyed(UUID volume) -> {
                    out.writeByte('D');
                    encode(volume, out);
                }
                case Described(UUID volume, ReplicaProperties properties) -> {
                    out.writeByte('P');
                    encode(volume, out);
                    encode(properties, out);
                }
                case Allocated(UUID volume, int[] own, int[] disk) -> {
                    out.writeByte('A');
                    encode(volume, out);
                    out.writeInt(own.length);
                    for (int i = 0; i < own.length; i++) {
                        out.writeInt(own[i]);
                        out.writeInt(disk[i]);
                    }
                }
                case Released(UUID volume, int first, int count) -> {
                    out.writeByte('R');
                    encode(volume, out);
                    out.writeInt(first);
                    out.writeInt(count);
                }
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return bytes.toByteArray();
    }

    static Change decode(byte[] bytes) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(bytes));
        int kind = in.readByte();
        return switch (kind) {
            case 'C' -> new Created(decodeVolume(in));
            case 'D' -> new Destroyed(decodeUuid(in));
            case 'P' -> new Described(decodeUuid(in), decodeProperties(in));
            case 'A' -> {
                UUID volume = decodeUuid(in);
                int count = in.readInt();
                int[] own = new int[count];
                int[] disk = new int[count];
                for (int i = 0; i < count; i++) {
                    own[i] = in.readInt();
                    disk[i] = in.readInt();
                }
                yield new Allocated(volume, own, disk);
            }
            case 'R' -> new Released(decodeUuid(in), in.readInt(), in.readInt());
            default -> throw new IOException("a change of unknown kind " + kind + " in the pool's journal");
        };
    }

    static void encode(Volume volume, DataOutputStream out) throws IOException {
        encode(volume.uuid, out);
        out.writeUTF(volume.name);
        out.writeBoolean(volume.thin);
        encode(volume.properties, out);
        volume.clusters.encode(out);
    }

    static Volume decodeVolume(DataInputStream in) throws IOException {
        return new Volume(decodeUuid(in), in.readUTF(), in.readBoolean(), decodeProperties(in), ClusterMap.decode(in));
    }

    private static void encode(UUID uuid, DataOutputStream out) throws IOException {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }

    private static UUID decodeUuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void encode(ReplicaProperties properties, DataOutputStream out) throws IOException {
        out.writeBoolean(properties.shared());
        out.writeInt(properties.allowedHosts().size());
        for (String host : properties.allowedHosts()) out.writeUTF(host);
        out.writeUTF(properties.entityId());
    }

    private static ReplicaProperties decodeProperties(DataInputStream in) throws IOException {
        boolean shared = in.readBoolean();
        int count = in.readInt();
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) hosts.add(in.readUTF());
        return new ReplicaProperties(shared, hosts, in.readUTF());
    }
}
