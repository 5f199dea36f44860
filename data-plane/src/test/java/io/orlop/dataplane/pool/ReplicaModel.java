package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// What a replica may read as: for each block the content last written, what of it a power cut must leave, and what it
/// may leave instead. A block is filled with one number.
final class ReplicaModel {
    private static final int BLOCK = 512;

    final ReplicaId uuid;
    final String name;
    final boolean thin;
    private final long[] written;
    private final List<List<Long>> afterPowerCut = new ArrayList<>();
    private final List<List<Long>> afterKill = new ArrayList<>();

    ReplicaModel(ReplicaId uuid, String name, boolean thin, long size) {
        this.uuid = uuid;
        this.name = name;
        this.thin = thin;
        this.written = new long[(int) (size / BLOCK)];
        for (int block = 0; block < written.length; block++) {
            afterPowerCut.add(new ArrayList<>(List.of(0L)));
            afterKill.add(new ArrayList<>(List.of(0L)));
        }
    }

    int blocks() {
        return written.length;
    }

    void write(BlockDevice device, int block, int count, long value) throws IOException {
        for (int i = block; i < block + count; i++) {
            afterPowerCut.get(i).add(value);
            afterKill.get(i).add(value);
        }
        ByteBuffer buffer = ByteBuffer.allocate(count * BLOCK);
        while (buffer.hasRemaining()) buffer.putLong(value);
        device.write((long) block * BLOCK, buffer.flip());
        settle(block, count, value);
    }

    void zero(BlockDevice device, int block, int count) throws IOException {
        for (int i = block; i < block + count; i++) {
            afterPowerCut.get(i).add(0L);
            afterKill.get(i).add(0L);
        }
        device.writeZeroes((long) block * BLOCK, (long) count * BLOCK);
        settle(block, count, 0);
    }

    /// Unmapped blocks read as zeroes or as before, and stay at what they read as.
    void unmap(BlockDevice device, int block, int count) throws IOException {
        for (int i = block; i < block + count; i++) {
            afterPowerCut.get(i).add(0L);
            afterKill.get(i).add(0L);
        }
        device.unmap((long) block * BLOCK, (long) count * BLOCK);
        for (int i = block; i < block + count; i++) {
            written[i] = expectOneOf(device, i, afterKill.get(i));
            afterKill.set(i, new ArrayList<>(List.of(written[i])));
        }
    }

    /// Those that cannot be without a cluster of the disk.
    long clustersWithContent(long clusterSize) {
        int blocks = (int) (clusterSize / BLOCK);
        return IntStream.range(0, written.length)
                .filter(block -> written[block] != 0)
                .map(block -> block / blocks)
                .distinct()
                .count();
    }

    void flush(BlockDevice device) throws IOException {
        device.flush();
        for (int block = 0; block < written.length; block++) {
            afterPowerCut.set(block, new ArrayList<>(List.of(written[block])));
        }
    }

    void checkSome(BlockDevice device, RandomGenerator random) throws IOException {
        int block = random.nextInt(blocks());
        expectOneOf(device, block, List.of(written[block]));
    }

    /// Reads everything after a crash; what is there now must stay.
    void checkAfter(boolean powerCut, BlockDevice device) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(written.length * BLOCK);
        device.read(0, all);
        for (int block = 0; block < written.length; block++) {
            written[block] = expectOneOf(
                    all.slice(block * BLOCK, BLOCK), block, (powerCut ? afterPowerCut : afterKill).get(block));
            if (powerCut) afterPowerCut.set(block, new ArrayList<>(List.of(written[block])));
            else afterPowerCut.get(block).add(written[block]);
            afterKill.set(block, new ArrayList<>(List.of(written[block])));
        }
    }

    private void settle(int block, int count, long value) {
        for (int i = block; i < block + count; i++) {
            written[i] = value;
            afterKill.set(i, new ArrayList<>(List.of(value)));
        }
    }

    private long expectOneOf(BlockDevice device, int block, List<Long> allowed) throws IOException {
        int within = block * BLOCK % device.blockSize();
        ByteBuffer buffer = ByteBuffer.allocate(device.blockSize());
        device.read((long) block * BLOCK - within, buffer);
        return expectOneOf(buffer.slice(within, BLOCK), block, allowed);
    }

    private long expectOneOf(ByteBuffer content, int block, List<Long> allowed) {
        long first = content.getLong(0);
        while (content.hasRemaining()) {
            if (content.getLong() != first) throw new AssertionError("block " + block + " of " + name + " is torn");
        }
        if (!allowed.contains(first)) {
            throw new AssertionError("block " + block + " of " + name + " is " + first + ", allowed " + allowed);
        }
        return first;
    }
}
