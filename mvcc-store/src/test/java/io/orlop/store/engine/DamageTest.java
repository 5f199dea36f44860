package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.DiskFile;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.log.DamagedLogException;
import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One bit changes, anywhere in the files of a store that was closed: it does no harm, or the store does not start and
/// says where the damage is and what would be lost.
class DamageTest {
    private static final int SEEDS = Integer.getInteger("orlop.seeds", 3000 * Integer.getInteger("orlop.longer", 1));
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(2_048).cacheBytes(8_000);

    private final CrashableDirectory disk = new CrashableDirectory();
    private List<String> known = List.of();

    /// Several generations of segments, footers, leases, a compaction.
    @BeforeEach
    void fill() throws IOException {
        Chance chance = new Chance(5);
        for (int life = 0; life < 3; life++) {
            try (MvccStore store =
                    MvccStore.open(disk, Ambient.system(), Thread.ofVirtual().factory(), SMALL)) {
                MvccStore.await(store.grantLease(10 + life, 1_000_000));
                for (int i = 0; i < 25; i++) {
                    Operation.Put put = Operation.Put.of(chance.key(), chance.value());
                    store.put(chance.oneIn(4) ? put.under(10 + life) : put);
                    if (chance.oneIn(5)) store.delete(Operation.Delete.of(chance.key()));
                }
                if (life == 1) {
                    MvccStore.await(store.compact(store.revision() - 10, true));
                    MvccStore.await(store.defragment());
                }
                known = everything(store);
            }
        }
        assertThat(disk.names()).hasSizeGreaterThan(5);
    }

    private static List<String> everything(MvccStore store) throws IOException {
        List<String> all = new ArrayList<>();
        KeyHash hash = store.maintenance().hashKeys(0);
        all.add(hash.toString());
        for (long at = Math.max(1, store.compactedRevision()); at <= store.revision(); at++) {
            all.add(store.range(Operation.Range.of(KeyRange.all()).at(at)).toString());
        }
        return all;
    }

    @Test
    void aChangedBitIsHarmlessOrNamed() throws IOException {
        Random random = new Random(6);
        int harmless = 0;
        int named = 0;
        List<String> names = disk.names();
        for (int seed = 0; seed < SEEDS; seed++) {
            CrashableDirectory damaged = disk.afterPowerCut(random);
            String name = names.get(random.nextInt(names.size()));
            int offset = random.nextInt((int) damaged.size(name));
            damaged.flip(name, offset, random.nextInt(8));
            String where = "seed " + seed + ": " + name + " at " + offset;
            try {
                MvccStore store = MvccStore.openStill(damaged, new StillAmbient(seed), SMALL);
                assertThat(everything(store)).as(where).isEqualTo(known);
                harmless++;
            } catch (DamagedLogException refused) {
                assertThat(refused).as(where).hasMessageContaining(name).hasMessageContaining("offset");
                assertThat(refused.getMessage()).as(where).containsAnyOf("lost", "head", "closed");
                named++;
            }
        }
        assertThat(harmless).as("in footers, mostly").isGreaterThan(SEEDS / 100);
        assertThat(named).isGreaterThan(SEEDS / 4);
    }

    @Test
    void theVeryLastChangeIsNotTakenForATornTail() throws IOException {
        String last = disk.names().getLast();
        int size = (int) disk.size(last);
        int refused = 0;
        for (int offset = size - 200; offset < size; offset++) {
            CrashableDirectory damaged = disk.afterPowerCut(new Random(offset));
            damaged.flip(last, offset, offset % 8);
            try {
                MvccStore store = MvccStore.openStill(damaged, new StillAmbient(1), SMALL);
                assertThat(everything(store)).as("at " + offset).isEqualTo(known);
            } catch (DamagedLogException e) {
                refused++;
            }
        }
        assertThat(refused).as("all but what says that the store was closed").isBetween(150, 180);
    }

    @Test
    void aSectorThatCannotBeReadIsHarmlessOrNamed() throws IOException {
        int harmless = 0;
        int named = 0;
        for (String name : disk.names()) {
            for (long sector = 0; sector < disk.size(name); sector += 512) {
                CrashableDirectory damaged = disk.afterPowerCut(new Random(1));
                damaged.spoil(name, sector);
                String where = name + " at " + sector;
                try {
                    MvccStore store = MvccStore.openStill(damaged, new StillAmbient(1), SMALL);
                    assertThat(everything(store)).as(where).isEqualTo(known);
                    harmless++;
                } catch (DamagedLogException refused) {
                    assertThat(refused).as(where).hasMessageContaining("segment " + name);
                    assertThat(refused).as(where).hasMessageContaining("the disk cannot read there");
                    assertThat(offset(refused)).as(where).isBetween(sector, sector + 511);
                    named++;
                }
            }
        }
        assertThat(harmless).as("in footers").isPositive();
        assertThat(named).isGreaterThan(harmless);
    }

    private static long offset(DamagedLogException refused) {
        Matcher offset = Pattern.compile("offset ([0-9]+)").matcher(refused.getMessage());
        assertThat(offset.find()).isTrue();
        return Long.parseLong(offset.group(1));
    }

    @Test
    void aSectorThatCannotBeReadIsNamedByAVerificationToo() throws IOException {
        String name = disk.names().getFirst();
        CrashableDirectory damaged = disk.afterPowerCut(new Random(1));
        damaged.spoil(name, 0);
        assertThat(OfflineVerification.of(damaged).findings())
                .first(InstanceOfAssertFactories.STRING)
                .contains("segment " + name + ", offset 0, ")
                .contains("the disk cannot read 1 of the sectors there");
    }

    /// Segments of which nothing is left are joined. One that says something, and lies where nothing is said to be, is
    /// no rest of that.
    @Test
    void aSegmentThatContradictsWhatWasJoinedIsNamedAndKept() throws IOException {
        // Given
        CrashableDirectory full = new CrashableDirectory();
        MvccStore store = MvccStore.openStill(full, new StillAmbient(0), SMALL);
        for (int i = 0; i < 150; i++) {
            store.submit(Operation.Put.of(Octets.of("k" + i), Octets.of("v".repeat(100))));
            store.turn();
        }
        CrashableDirectory before = full.afterPowerCut(new Random(1));
        store.submit(Operation.Delete.of(KeyRange.all()));
        store.turn();
        store.compact(store.revision(), false);
        for (int i = 0; i < 3; i++) store.turn();
        store.defragment();
        for (int i = 0; i < 80; i++) store.turn();
        CrashableDirectory joined = full.afterPowerCut(new Random(1));
        // When
        String name = before.names().stream()
                .filter(StoreFiles::isSegment)
                .skip(3)
                .findFirst()
                .orElseThrow();
        assertThat(joined.names()).doesNotContain(name);
        copy(before, joined, name);
        // Then
        assertThatThrownBy(() -> MvccStore.openStill(joined, new StillAmbient(0), SMALL))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(name);
        assertThat(joined.names()).contains(name);
    }

    private static void copy(CrashableDirectory from, CrashableDirectory to, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) from.size(name));
        try (DiskFile file = from.open(name)) {
            file.read(0, bytes);
        }
        try (DiskFile file = to.create(name)) {
            file.write(0, bytes.flip());
            file.force();
        }
        to.forceNames();
    }
}
