package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// An entry of the tree: a key, by whose bytes entries are in order, and a value.
///
/// ```
///   key                                                    value
///    1 │ volume uuid                                       name, thin, clusters, shared, hosts, entity
///    2 │ volume uuid │ span of 64 own clusters             runs of clusters of the disk (ClusterMap)
///    3 │ first cluster                                     how many clusters metadata has grown into here
///    4 │ volume uuid │ child uuid │ first segment          bits: written while the child was absent
///    5 │ volume uuid                                       reservation: generation, type, holder, registrants
///    6 │ volume uuid │ child uuid                          a child's health and epoch
///    7                                                     free runs: not written. What is free is what nobody has
/// ```
///
/// Dirty segments, reservations and health are kept and come back; nobody writes them yet. An entry of a kind that is
/// not known is [Unknown], and kept as it is.
sealed interface Fact {
    record OfVolume(UUID uuid, String name, boolean thin, int clusters, ReplicaProperties properties) implements Fact {
        static OfVolume of(Volume volume) {
            return new OfVolume(volume.uuid, volume.name, volume.thin, volume.clusters.size(), volume.properties);
        }
    }

    record Extents(UUID volume, int span, byte[] runs) implements Fact {
        static byte[] key(UUID volume, int span) {
            ByteSink out = new ByteSink(64);
            out.putByte(EXTENTS);
            Codec.put(out, volume);
            Codec.putOrdered(out, span);
            return Codec.bytes(out);
        }
    }

    record MetadataClusters(int first, int count) implements Fact {}

    /// @param first the segment of bit 0
    record DirtySegments(UUID volume, UUID child, int first, byte[] bits) implements Fact {}

    /// @param holder the host's identifier, or nothing
    record Reservation(UUID volume, long generation, int type, byte[] holder, List<Registrant> registrants)
            implements Fact {
        record Registrant(byte[] host, long key) {}
    }

    /// @param epoch of the child's present incarnation: what an earlier one did says nothing of this one
    record ChildHealth(UUID volume, UUID child, boolean healthy, long epoch) implements Fact {}

    /// Of a later version.
    record Unknown(byte[] key, byte[] value) implements Fact {}

    int VOLUME = 1;
    int EXTENTS = 2;

    /// The longest value of an entry, so that a node holds at least three.
    int VALUE_MAX = 4000;

    default byte[] key() {
        ByteSink out = new ByteSink(64);
        switch (this) {
            case OfVolume of -> {
                out.putByte(VOLUME);
                Codec.put(out, of.uuid);
            }
            case Extents extents -> out.putBytes(Extents.key(extents.volume, extents.span));
            case MetadataClusters grown -> {
                out.putByte(3);
                Codec.putOrdered(out, grown.first);
            }
            case DirtySegments dirty -> {
                out.putByte(4);
                Codec.put(out, dirty.volume);
                Codec.put(out, dirty.child);
                Codec.putOrdered(out, dirty.first);
            }
            case Reservation reservation -> {
                out.putByte(5);
                Codec.put(out, reservation.volume);
            }
            case ChildHealth health -> {
                out.putByte(6);
                Codec.put(out, health.volume);
                Codec.put(out, health.child);
            }
            case Unknown unknown -> out.putBytes(unknown.key);
        }
        return Codec.bytes(out);
    }

    default byte[] value() {
        ByteSink out = new ByteSink(256);
        switch (this) {
            case OfVolume(UUID _, String name, boolean thin, int clusters, ReplicaProperties properties) -> {
                Codec.put(out, name);
                Codec.put(out, thin);
                out.putVarint(clusters);
                Codec.put(out, properties);
            }
            case Extents extents -> out.putBytes(extents.runs);
            case MetadataClusters grown -> out.putVarint(grown.count);
            case DirtySegments dirty -> out.putBytes(dirty.bits);
            case Reservation(UUID _, long generation, int type, byte[] holder, var registrants) -> {
                out.putVarint(generation);
                out.putVarint(type);
                out.putVarint(holder.length);
                out.putBytes(holder);
                for (var registrant : registrants) {
                    out.putVarint(registrant.host.length);
                    out.putBytes(registrant.host);
                    out.setLong(out.skip(Long.BYTES), registrant.key);
                }
            }
            case ChildHealth health -> {
                Codec.put(out, health.healthy);
                out.putVarint(health.epoch);
            }
            case Unknown unknown -> out.putBytes(unknown.value);
        }
        return Codec.bytes(out);
    }

    static Fact decode(byte[] key, byte[] value) throws IOException {
        try {
            return decodeWhole(key, value);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("an entry of kind " + key[0] + " cannot be read", e);
        }
    }

    private static Fact decodeWhole(byte[] key, byte[] value) {
        ByteSource of = new ByteSource(key, 1);
        ByteSource in = new ByteSource(value, 0);
        return switch (key[0]) {
            case VOLUME ->
                new OfVolume(Codec.uuid(of), Codec.text(in), Codec.fact(in), (int) in.varint(), Codec.properties(in));
            case EXTENTS -> new Extents(Codec.uuid(of), Codec.ordered(of), value);
            case 3 -> new MetadataClusters(Codec.ordered(of), (int) in.varint());
            case 4 -> new DirtySegments(Codec.uuid(of), Codec.uuid(of), Codec.ordered(of), value);
            case 5 -> reservation(Codec.uuid(of), in, value.length);
            case 6 -> new ChildHealth(Codec.uuid(of), Codec.uuid(of), Codec.fact(in), in.varint());
            default -> new Unknown(key, value);
        };
    }

    private static Reservation reservation(UUID volume, ByteSource in, int end) {
        long generation = in.varint();
        int type = (int) in.varint();
        byte[] holder = in.bytes((int) in.varint());
        List<Reservation.Registrant> registrants = new ArrayList<>();
        while (in.at() < end) {
            byte[] host = in.bytes((int) in.varint());
            registrants.add(new Reservation.Registrant(host, ByteSource.longAt(in.bytes(Long.BYTES), 0)));
        }
        return new Reservation(volume, generation, type, holder, List.copyOf(registrants));
    }
}
