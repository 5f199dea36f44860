package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.TreeSet;

/// What each block of a device may hold, by what a host has written and read so far. Every write has a stamp of its
/// own, and a block is written and read by one at a time.
///
/// ```
///   write 7 ► acknowledged         {7}
///   write 8 ► failed               {7, 8}      it may have happened, wholly or in some copies
///   read  ► 8                      {8}         and now it has: it must not go back
///   write 9 ► acknowledged         {9}         an 8 that comes late is an old command that outlived its connection
/// ```
final class BlockHistory {
    static final int BLOCK = 4096;

    private final TreeSet<Long>[] possible;
    private long stamps;

    @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of generic types.
    BlockHistory(int blocks) {
        possible = new TreeSet[blocks];
        for (int block = 0; block < blocks; block++) {
            possible[block] = new TreeSet<>();
            possible[block].add(0L);
        }
    }

    int blocks() {
        return possible.length;
    }

    /// A write that begins; its content tells block and stamp in every 16 bytes.
    ///
    /// @return the stamp of its first block; the others have the next ones
    long begin(int first, int count, ByteBuffer content) {
        long stamp = stamps + 1;
        stamps += count;
        for (int i = 0; i < count; i++) {
            possible[first + i].add(stamp + i);
            for (int at = 0; at < BLOCK; at += 16) content.putLong(first + i).putLong(stamp + i);
        }
        content.flip();
        return stamp;
    }

    void acknowledged(int first, int count, long stamp) {
        for (int i = 0; i < count; i++) {
            possible[first + i].clear();
            possible[first + i].add(stamp + i);
        }
    }

    void read(int first, int count, ByteBuffer content) {
        for (int i = 0; i < count; i++) {
            int block = first + i;
            long stamp = content.getLong(i * BLOCK + 8);
            assertThat(possible[block])
                    .as("what block %d may hold; it holds %d", block, stamp)
                    .contains(stamp);
            for (int at = i * BLOCK; at < (i + 1) * BLOCK; at += 16) {
                assertThat(content.getLong(at))
                        .as("the number of block %d", block)
                        .isEqualTo(stamp == 0 ? 0 : block);
                assertThat(content.getLong(at + 8))
                        .as("block %d, in one piece", block)
                        .isEqualTo(stamp);
            }
            acknowledged(block, 1, stamp);
        }
    }

    /// Some blocks next to each other of a share.
    record Piece(int first, int count) {
        static Piece any(Random random, int from, int to) {
            int first = from + random.nextInt(to - from);
            return new Piece(first, 1 + random.nextInt(Math.min(8, to - first)));
        }
    }
}
