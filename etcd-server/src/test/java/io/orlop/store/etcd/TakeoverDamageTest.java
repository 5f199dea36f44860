package io.orlop.store.etcd;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A write-ahead log that a crash, or somebody, left otherwise than etcd wrote it.
class TakeoverDamageTest extends TakeoverScene {
    @Test
    void aTornLastEntryWasNeverAcknowledgedAndDamageIsRefused() throws Exception {
        Object[] before = new Object[1];
        untilKilled(
                data(),
                authority -> {
                    live(authority, 26, 100);
                    before[0] = Inventory.of(authority);
                    Etcdctl.to(authority).ok("put", "last", "x".repeat(5_000));
                },
                LATE);
        long[] last = lastFrame(wal(data()));
        // The end of consensus behind it is a frame of its own.
        Path torn = copy(data(), "torn");
        long entry = last[0] - 5_000;
        try (RandomAccessFile file = new RandomAccessFile(wal(torn).toFile(), "rw")) {
            long page = (entry / 4096 + 1) * 4096;
            file.seek(page);
            file.write(new byte[(int) (last[1] - page)]);
        }
        taken(torn, before[0], Inventory::of);

        // The kind of one record, and data of others; what fills a frame up is nothing.
        long kind = frame(wal(data()), entry / 2)[0] + 9;
        for (long offset : new long[] {100, kind, entry + 2_000, last[1] - 12}) {
            Path damaged = copy(data(), "damaged at " + offset);
            try (RandomAccessFile file = new RandomAccessFile(wal(damaged).toFile(), "rw")) {
                file.seek(offset);
                int was = file.read();
                file.seek(offset);
                file.write(was ^ 0x10);
            }
            refuses(damaged, "is damaged at offset");
        }
    }

    @Test
    void refusesALogThatEndsBeforeTheDatabase() throws Exception {
        withReal(data(), authority -> live(authority, 33, 50));
        Path then = copy(data(), "then");
        withReal(data(), authority -> live(authority, 34, 50));
        Files.copy(wal(then), wal(data()), StandardCopyOption.REPLACE_EXISTING);
        refuses(data(), "and the database has entry");
    }

    @Test
    void refusesALogThatKnowsOfMoreThanItHas() throws Exception {
        untilKilled(data(), authority -> live(authority, 35, 50), LATE);
        WalFile wal = WalFile.read(wal(data()));
        List<Integer> entries = wal.placesOf(2);
        // How far consensus is comes with the entry after.
        wal.records().remove((int) entries.getLast());
        wal.records().remove((int) entries.get(entries.size() - 2));
        wal.write(wal(data()));
        refuses(data(), "and the log itself knows of entry");
    }

    @Test
    void saysWhereAStartOfEtcdRepairsWhatAPowerCutLeft() throws Exception {
        untilKilled(
                data(),
                authority -> {
                    live(authority, 37, 50);
                    Etcdctl.to(authority).ok("put", "last", "x".repeat(5_000));
                },
                LATE);
        long[] last = lastFrame(wal(data()));
        long inside = last[0] - 3_000;
        repaired("ends within a frame", wal -> wal.setLength(inside));
        repaired("goes on after zeros", wal -> {
            wal.seek(last[1] + 1_024);
            wal.write("later".getBytes(StandardCharsets.US_ASCII));
        });
        repaired("has a sector too few before others", wal -> {
            wal.seek((inside / 512 + 1) * 512);
            wal.write(new byte[512]);
            wal.seek(last[1] + 1_024);
            wal.write("later".getBytes(StandardCharsets.US_ASCII));
        });
    }

    private interface Cut {
        void cut(RandomAccessFile wal) throws IOException;
    }

    private void repaired(String how, Cut cut) throws Exception {
        Path data = copy(data(), how);
        try (RandomAccessFile wal = new RandomAccessFile(wal(data).toFile(), "rw")) {
            cut.cut(wal);
        }
        refuses(data, "one start of etcd on the directory repairs it");
        Object[] repaired = new Object[1];
        withReal(data, authority -> repaired[0] = hash(authority));
        taken(data, repaired[0], TakeoverScene::hash);
    }

    /// Where the log's last frame begins and ends.
    private static long[] lastFrame(Path wal) throws IOException {
        return frame(wal, Long.MAX_VALUE);
    }

    /// Where the frame at this offset begins and ends, or the last one before.
    private static long[] frame(Path wal, long offset) throws IOException {
        long at = 0;
        long last = 0;
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "r")) {
            while (true) {
                file.seek(at);
                long head = Long.reverseBytes(file.readLong());
                if (head == 0 || at > offset) return new long[] {last, at};
                last = at;
                at += 8 + (head & (1L << 56) - 1) + (head < 0 ? head >>> 56 & 7 : 0);
            }
        }
    }
}
