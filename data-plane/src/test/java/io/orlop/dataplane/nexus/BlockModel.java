package io.orlop.dataplane.nexus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;

/// What a device may answer, block by block; every block is filled with one value. What was not flushed may be
/// forgotten once, by a loss, and from the first look on it stays as it was found.
final class BlockModel {
    private final byte[] now;
    /// Which values a loss may bring back, by block.
    private final BitSet[] possible;

    private final BitSet uncertain = new BitSet();
    /// Uncertain for a write that failed, which is no loss.
    private final BitSet tried = new BitSet();
    private boolean forgot;

    BlockModel(int blocks) {
        now = new byte[blocks];
        possible = new BitSet[blocks];
        Arrays.setAll(possible, _ -> of((byte) 0));
    }

    int blocks() {
        return now.length;
    }

    void written(int block, int count, byte value) {
        for (int at = block; at < block + count; at++) {
            now[at] = value;
            possible[at].set(value & 0xff);
            uncertain.clear(at);
            tried.clear(at);
        }
    }

    /// A write that failed may have happened, in each block.
    void attempted(int block, int count, byte value) {
        for (int at = block; at < block + count; at++) {
            if (now[at] == value) continue;
            possible[at].set(value & 0xff);
            possible[at].set(now[at] & 0xff);
            tried.set(at);
            uncertain.set(at);
        }
    }

    /// What was not flushed may be gone.
    void lost() {
        for (int at = 0; at < now.length; at++) if (possible[at].cardinality() > 1) uncertain.set(at);
    }

    /// A flush that succeeds says that nothing was lost.
    void flushed() {
        assertThat(forgot).as("a flush succeeded after a loss").isFalse();
        for (int at = 0; at < now.length; at++) possible[at] = of(now[at]);
        uncertain.clear();
    }

    /// The host was told, and begins anew.
    void told() {
        forgot = false;
    }

    void found(int block, byte[] content) {
        for (int at = block; at < block + content.length / 512; at++) {
            byte value = content[(at - block) * 512];
            for (int i = 1; i < 512; i++) {
                if (content[(at - block) * 512 + i] != value) throw new AssertionError("block " + at + " is a mixture");
            }
            boolean sound = uncertain.get(at) ? possible[at].get(value & 0xff) : value == now[at];
            if (!sound) throw new AssertionError("block %d is %d and not %d".formatted(at, value, now[at]));
            if (!uncertain.get(at)) continue;
            if (!tried.get(at) && value != now[at]) forgot = true;
            now[at] = value;
            uncertain.clear(at);
            tried.clear(at);
        }
    }

    byte[] content() {
        byte[] content = new byte[now.length * 512];
        for (int at = 0; at < now.length; at++) Arrays.fill(content, at * 512, (at + 1) * 512, now[at]);
        return content;
    }

    private static BitSet of(byte value) {
        BitSet only = new BitSet();
        only.set(value & 0xff);
        return only;
    }
}
