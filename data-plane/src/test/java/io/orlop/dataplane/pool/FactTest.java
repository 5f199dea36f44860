package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDisk;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FactTest {
    private static final UUID VOLUME = new UUID(0x8000_0000_0000_0001L, 2);
    private static final UUID CHILD = new UUID(3, -4);

    static List<Fact> facts() {
        return List.of(
                new Fact.OfVolume(
                        VOLUME, "größe", true, 1 << 25, new ReplicaProperties(true, List.of("nqn.a", "nqn.b"), "vol")),
                new Fact.Extents(VOLUME, 70_000, new byte[] {1, 2, 3}),
                new Fact.MetadataClusters(9, 300),
                new Fact.DirtySegments(VOLUME, CHILD, 1 << 20, new byte[] {-1, 0, 7}),
                new Fact.Reservation(
                        VOLUME,
                        7,
                        3,
                        new byte[16],
                        List.of(
                                new Fact.Reservation.Registrant(new byte[16], -1),
                                new Fact.Reservation.Registrant(new byte[8], 5))),
                new Fact.Reservation(VOLUME, 8, 0, new byte[0], List.of()),
                new Fact.ChildHealth(VOLUME, CHILD, false, 1L << 40),
                new Fact.Unknown(new byte[] {99, 1}, new byte[] {5}));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void isReadBackAsItWasWritten(Fact fact) throws IOException {
        Fact read = Fact.decode(fact.key(), fact.value());
        assertThat(read).usingRecursiveComparison().isEqualTo(fact);
        Change change = Change.decode(new Change.Put(fact).encode());
        assertThat(change).usingRecursiveComparison().isEqualTo(new Change.Put(fact));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void isKeptByAPoolThroughLogAndTree(Fact fact) throws IOException {
        if (fact instanceof Fact.OfVolume || fact instanceof Fact.Extents || fact instanceof Fact.MetadataClusters)
            return;
        CrashableDisk disk = new CrashableDisk(20 << 20, 512);
        Metadata metadata = MetadataTest.create(disk);
        metadata.write(new Change.Put(fact));
        for (int life = 0; life < 3; life++) {
            metadata = MetadataTest.open(disk);
            assertThat(metadata.catalogue().fact(fact.key()).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(fact);
        }
        metadata.write(new Change.Forgotten(fact.key()));
        for (int life = 0; life < 2; life++) {
            assertThat(MetadataTest.open(disk).catalogue().fact(fact.key())).isEmpty();
        }
    }

    @Test
    void keysAreInTheOrderOfTheirSpans() {
        byte[] before = new Fact.Extents(VOLUME, 0x7f, new byte[0]).key();
        byte[] after = new Fact.Extents(VOLUME, 0x80_00, new byte[0]).key();
        assertThat(Arrays.compareUnsigned(before, after)).isNegative();
    }

    @Test
    void aChangeOfALaterVersionIsRefused() {
        assertThatThrownBy(() -> Change.decode(new byte[] {120}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown kind 120");
    }

    @Test
    void changesAreReadBackAsTheyWereWritten() throws IOException {
        for (Change change : List.of(
                new Change.Created(
                        (Fact.OfVolume) facts().getFirst(),
                        8,
                        List.of(new Change.Run(0, 7, 2), new Change.Run(2, 90, 1))),
                new Change.Destroyed(VOLUME),
                new Change.Described(VOLUME, ReplicaProperties.PRIVATE),
                new Change.Wrote(VOLUME, 3, List.of(new Change.Part(5, -1, 1L << 63), new Change.Part(6, 1 << 24, 3))),
                new Change.Cleared(VOLUME, List.of(new Change.Part(5, -1, 9))),
                new Change.Released(new ReplicaId(VOLUME).uuid(), 1, 1 << 24),
                new Change.Doubted())) {
            assertThat(Change.decode(change.encode())).isEqualTo(change);
        }
    }
}
