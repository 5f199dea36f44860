package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ChildAction;
import io.orlop.model.ChildState;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random I/O and operations on a nexus whose copies fail, against an array. Whatever is acknowledged is read again,
/// every copy that is on record as whole is equal to it, and one whole copy is always left.
@Timeout(120)
class NexusModelTest {
    private static final int SEEDS =
            Integer.getInteger("orlop.nexus.seeds", 60 * Integer.getInteger("orlop.longer", 1));
    private static final int STEPS = 150;
    private static final long DATA = 5 << 20;

    @Test
    void readsWhatWasWrittenWhateverFails() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                new Story(new Random(seed)).run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Story {
        private final Random random;
        private final NexusBench bench = new NexusBench();
        private final Nexus nexus = bench.nexus(1, 2, 3);
        private final byte[] content = new byte[(int) nexus.device().size()];
        private byte stamp = 1;

        Story(Random random) {
            this.random = random;
        }

        void run() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> bench.at(1 + random.nextInt(3)).failOnceIn(random.nextInt(6));
                    case 1 -> restore();
                    case 2 -> act(1 + random.nextInt(3), ChildAction.values()[random.nextInt(3)]);
                    case 3 -> zero();
                    case 4 -> flush();
                    case 5, 6, 7 -> check();
                    default -> write();
                }
            }
            settle();
            nexus.shutdown();
            var record = bench.saved.getLast();
            assertThat(record.cleanShutdown()).isTrue();
            int whole = 0;
            for (int i = 0; i < record.children().size(); i++) {
                if (!record.children().get(i).healthy()) continue;
                whole++;
                assertThat(bench.at(i + 1).content(DATA, content.length)).isEqualTo(content);
            }
            assertThat(whole).isPositive();
        }

        private void write() throws IOException {
            int count = 1 + random.nextInt(300);
            int block = random.nextInt(content.length / 512 - count);
            byte value = stamp++;
            byte[] before = Arrays.copyOfRange(content, block * 512, (block + count) * 512);
            try {
                nexus.device().write(block * 512L, filled(count * 512, value));
                Arrays.fill(content, block * 512, (block + count) * 512, value);
            } catch (IOException _) {
                adopt(block, before, value);
            }
        }

        private void zero() {
            int count = 1 + random.nextInt(3000);
            int block = random.nextInt(content.length / 512 - count);
            byte[] before = Arrays.copyOfRange(content, block * 512, (block + count) * 512);
            try {
                nexus.device().writeZeroes(block * 512L, count * 512L);
                Arrays.fill(content, block * 512, (block + count) * 512, (byte) 0);
            } catch (IOException _) {
                adopt(block, before, (byte) 0);
            }
        }

        /// A failed write left each block as it was or as it should become, and from the first read on it stays so.
        private void adopt(int block, byte[] before, byte value) {
            while (true) {
                ByteBuffer found = ByteBuffer.allocate(before.length);
                try {
                    nexus.device().read(block * 512L, found);
                } catch (IOException _) {
                    continue;
                }
                for (int i = 0; i < before.length; i++) assertThat(found.get(i)).isIn(before[i], value);
                System.arraycopy(found.array(), 0, content, block * 512, before.length);
                return;
            }
        }

        private void flush() {
            try {
                nexus.device().flush();
            } catch (IOException _) {
                // the last copy failed once
            }
        }

        private void check() {
            int count = 1 + random.nextInt(300);
            int block = random.nextInt(content.length / 512 - count);
            ByteBuffer found = ByteBuffer.allocate(count * 512);
            try {
                nexus.device().read(block * 512L, found);
            } catch (IOException _) {
                return;
            }
            assertThat(found.array()).isEqualTo(Arrays.copyOfRange(content, block * 512, (block + count) * 512));
        }

        private void act(int number, ChildAction action) {
            try {
                nexus.act(bench.copy(number), action);
            } catch (RefusalException _) {
                // it is the last whole copy
            }
        }

        private void restore() {
            for (int i = 1; i <= 3; i++) act(i, ChildAction.ONLINE);
        }

        private void settle() {
            List<ChildState> rebuilding = new ArrayList<>();
            do {
                rebuilding.clear();
                nexus.state().children().stream().filter(ChildState::rebuilding).forEach(rebuilding::add);
                Thread.yield();
            } while (!rebuilding.isEmpty());
        }
    }
}
