package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.twin.CrashableDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TreeTest {
    private static final UUID INCARNATION = new UUID(3, 4);
    private static final int SLOTS = 4000;

    private final CrashableDisk disk = new CrashableDisk((long) SLOTS * Geometry.SLOT, 512);
    private final TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    private final TreeMap<byte[], Optional<byte[]>> batch = new TreeMap<>(Arrays::compareUnsigned);
    private final HashSet<Long> used = new HashSet<>();
    private final Random random = new Random(5);
    private Tree tree = Tree.empty(disk, INCARNATION);
    private long generation;
    private int taken;

    @Test
    void holdsWhatWasPutAndNotWhatWasTakenAway() throws IOException {
        for (int round = 0; round < 150; round++) {
            boolean growing = round % 50 < 30;
            for (int i = random.nextInt(60); i >= 0; i--) {
                if (growing || model.isEmpty() || random.nextInt(5) == 0)
                    put(key(random.nextInt(2000)), random.nextInt(Fact.VALUE_MAX));
                else takeAway(random.nextBoolean() ? model.firstKey() : model.lastKey());
            }
            apply();
            check();
        }
    }

    @Test
    void takesNoMoreNodesThanAreReservedForIt() throws IOException {
        for (int i = 0; i < 1000; i++) put(key(i), Fact.VALUE_MAX - random.nextInt(200));
        apply();
        for (int round = 0; round < 40; round++) {
            for (byte[] key : model.keySet().toArray(byte[][]::new)) {
                if (random.nextInt(6) == 0) takeAway(key);
            }
            apply();
            check();
            int bytes = model.entrySet().stream()
                    .mapToInt(entry -> new Node.Entry(entry.getKey(), entry.getValue()).size())
                    .sum();
            assertThat(tree.addresses().size()).isLessThanOrEqualTo((int) MetadataRoom.nodes(bytes));
        }
    }

    @Test
    void whatDoesNotChangeStaysWhereItIs() throws IOException {
        for (int i = 0; i < 1000; i++) put(key(i), 500);
        apply();
        int before = taken;
        put(key(500), 400);
        apply();
        check();
        assertThat(taken - before).isLessThan(5);
    }

    @Test
    void isEmptyAgainWhenAllIsTakenAway() throws IOException {
        for (int i = 0; i < 100; i++) put(key(i), 500);
        apply();
        for (byte[] key : model.keySet().toArray(byte[][]::new)) takeAway(key);
        apply();
        assertThat(tree.root()).isEqualTo(Pointer.NONE);
        assertThat(tree.addresses()).isEmpty();
    }

    @Test
    void anOlderNodeInTheRightPlaceIsNoNode() throws IOException {
        put(key(1), 500);
        apply();
        Tree older = tree;
        put(key(2), 500);
        apply();
        Pointer root = tree.root();
        Pointer wrong = new Pointer(
                root.address(), older.root().generation(), older.root().checksum());
        for (Pointer pointer : new Pointer[] {wrong, new Pointer(0, root.generation(), root.checksum())}) {
            assertThatThrownBy(() -> Tree.load(disk, INCARNATION, pointer, (_, _) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged");
        }
        assertThatThrownBy(() -> Tree.load(disk, new UUID(3, 5), root, (_, _) -> {}))
                .hasMessageContaining("damaged");
    }

    @Test
    void aRottenBitAnywhereInANodeIsNoticed() throws IOException {
        for (int i = 0; i < 300; i++) put(key(i), 100);
        apply();
        for (long address : tree.addresses()) {
            for (int i = 0; i < 40; i++) {
                long at = address + random.nextInt(i < 20 ? 48 : Geometry.SLOT);
                int bit = random.nextInt(8);
                disk.rot(at, bit);
                assertThatThrownBy(() -> Tree.load(disk, INCARNATION, tree.root(), (_, _) -> {}))
                        .as("byte %d", at)
                        .hasMessageContaining("damaged");
                disk.rot(at, bit);
            }
        }
    }

    private static byte[] key(int number) {
        return new Fact.Extents(new UUID(number % 7, 1), number, new byte[0]).key();
    }

    private void put(byte[] key, int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        model.put(key, value);
        batch.put(key, Optional.of(value));
    }

    private void takeAway(byte[] key) {
        model.remove(key);
        batch.put(key, Optional.empty());
    }

    private void apply() throws IOException {
        HashSet<Long> present = new HashSet<>(tree.addresses());
        Tree next = tree.with(batch, ++generation, () -> {
            taken++;
            for (long slot = 0; ; slot++) {
                long address = slot * Geometry.SLOT;
                if (!present.contains(address) && used.add(address)) return address;
            }
        });
        tree = next;
        used.clear();
        used.addAll(tree.addresses());
        batch.clear();
    }

    private void check() throws IOException {
        TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
        byte[][] last = {null};
        Tree loaded = Tree.load(disk, INCARNATION, tree.root(), (key, value) -> {
            if (last[0] != null)
                assertThat(Arrays.compareUnsigned(last[0], key)).isNegative();
            last[0] = key;
            found.put(key, value);
        });
        assertThat(loaded.addresses()).containsExactlyInAnyOrderElementsOf(tree.addresses());
        assertThat(found.size()).isEqualTo(model.size());
        model.forEach(
                (key, value) -> assertThat(Arrays.equals(found.get(key), value)).isTrue());
    }
}
