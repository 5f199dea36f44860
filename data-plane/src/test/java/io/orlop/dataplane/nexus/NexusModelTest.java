package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.ForgottenWritesException;
import io.orlop.dataplane.block.Warrant;
import io.orlop.model.ChildAction;
import io.orlop.model.ChildState;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random I/O and operations on a nexus whose copies fail, are cut off and lose power, against a [BlockModel].
/// Whatever is acknowledged is read again, or a flush says that it may be gone; every copy that a clean record calls
/// whole is equal to it, and one whole copy is always left.
@Timeout(120)
class NexusModelTest {
    private static final int SEEDS =
            Integer.getInteger("orlop.nexus.seeds", 60 * Integer.getInteger("orlop.longer", 1));
    private static final int FIRST = Integer.getInteger("orlop.nexus.seed", 0);
    private static final int STEPS = 150;
    private static final long DATA = 5 << 20;

    @Test
    void readsWhatWasWrittenWhateverFails() throws IOException {
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
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
        private final BlockModel model =
                new BlockModel(Math.toIntExact(nexus.device().blocks()));
        private BlockDevice host = nexus.device().under(Warrant.STANDING);
        private byte stamp = 1;

        Story(Random random) {
            this.random = random;
            for (int i = 1; i <= 3; i++) {
                bench.at(i).forgetful = true;
                bench.at(i).telling = true;
            }
        }

        void run() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(14)) {
                    case 0 -> bench.at(1 + random.nextInt(3)).failOnceIn(random.nextInt(6));
                    case 1 -> restore();
                    case 2 -> act(1 + random.nextInt(3), ChildAction.values()[random.nextInt(3)]);
                    case 3 -> zero();
                    case 4 -> flush();
                    case 5, 6, 7 -> check();
                    case 8 -> cutPower();
                    case 9 -> cutNetwork();
                    default -> write();
                }
            }
            settle();
            look();
            nexus.shutdown();
            var record = bench.last();
            int whole = 0;
            for (int i = 0; i < record.children().size(); i++) {
                if (!record.children().get(i).healthy()) continue;
                whole++;
                byte[] content = bench.at(i + 1).content(DATA, model.blocks() * 512);
                if (record.cleanShutdown()) assertThat(content).isEqualTo(model.content());
            }
            assertThat(whole).isPositive();
        }

        private void write() {
            int count = 1 + random.nextInt(300);
            int block = random.nextInt(model.blocks() - count);
            byte value = stamp++;
            try {
                host.write(block * 512L, filled(count * 512, value));
                model.written(block, count, value);
            } catch (IOException _) {
                model.attempted(block, count, value);
                look(block, count);
            }
        }

        private void zero() {
            int count = 1 + random.nextInt(3000);
            int block = random.nextInt(model.blocks() - count);
            try {
                host.writeZeroes(block * 512L, count * 512L);
                model.written(block, count, (byte) 0);
            } catch (IOException _) {
                model.attempted(block, count, (byte) 0);
                look(block, count);
            }
        }

        private void flush() {
            try {
                host.flush();
                model.flushed();
            } catch (ForgottenWritesException _) {
                // The copy may have forgotten it because it failed; this one only says so.
                host = nexus.device().under(Warrant.STANDING);
                look();
                model.told();
            } catch (IOException _) {
                // the last copy failed once
            }
        }

        /// Of one copy, for which others may vouch, or of all at once.
        private void cutPower() {
            // A chance of its own: how much was not flushed depends on how far rebuilds are.
            Random luck = new Random(random.nextLong());
            if (random.nextBoolean()) bench.at(1 + random.nextInt(3)).cutPower(luck);
            else for (int i = 1; i <= 3; i++) bench.at(i).cutPower(luck);
            model.lost();
            if (random.nextBoolean()) probe();
        }

        /// Nothing is gone.
        private void cutNetwork() {
            for (int i = 1; i <= 3; i++) bench.at(i).disconnect();
        }

        private void probe() {
            try {
                ((Mirror) nexus.device()).probe();
            } catch (IOException _) {
                // a copy failed meanwhile
            }
        }

        private void check() {
            int count = 1 + random.nextInt(300);
            look(random.nextInt(model.blocks() - count), count);
        }

        private void look() {
            for (int block = 0; block < model.blocks(); block += 1000) {
                look(block, Math.min(1000, model.blocks() - block));
            }
        }

        private void look(int block, int count) {
            for (int tries = 0; tries < 1000; tries++) {
                ByteBuffer found = ByteBuffer.allocate(count * 512);
                try {
                    host.read(block * 512L, found);
                } catch (IOException _) {
                    continue;
                }
                model.found(block, found.array());
                return;
            }
            throw new AssertionError("nothing can be read");
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
            while (nexus.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.yield();
        }
    }
}
