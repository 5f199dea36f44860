package io.orlop.disk.twin;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/// What a disk or a file holds, and what of it is only remembered. Not for several threads at once.
///
/// ```
///   write ──► cache: what is read back ── force ──► medium: what a power cut leaves …
///                                    └── unforced ─────┘ … and of each of these any sectors
/// ```
final class CrashableBytes {
    private static final int SECTOR = Disk.SECTOR;
    private static final int PAGE = 4096;
    private static final byte[] ZEROES = new byte[PAGE];

    /// What the next force writes. The sectors of a write are what they were as wholes, since a cache writes no parts.
    private sealed interface Unforced {
        record Written(long offset, byte[] sectors) implements Unforced {}

        record Zeroed(long offset, long length) implements Unforced {}

        record Cut(long size) implements Unforced {}
    }

    private final TreeMap<Long, byte[]> cache;
    private final TreeMap<Long, byte[]> medium;
    private final List<Unforced> unforced = new ArrayList<>();
    private final TreeSet<Long> unreadable = new TreeSet<>();
    private long size;
    private long sizeOnMedium;

    CrashableBytes(long size) {
        this(size, new TreeMap<>());
    }

    private CrashableBytes(long size, TreeMap<Long, byte[]> medium) {
        this.size = size;
        this.sizeOnMedium = size;
        this.medium = medium;
        this.cache = copy(medium);
    }

    long size() {
        return size;
    }

    /// Reads what is asked for and there.
    int read(long offset, ByteBuffer into) throws IOException {
        int count = Math.clamp(size - offset, 0, into.remaining());
        Long bad = unreadable.ceiling(offset / SECTOR);
        if (bad != null && count > 0 && bad * SECTOR < offset + count) throw new IOException("input/output error");
        for (long at = offset; at < offset + count; ) {
            int within = (int) (at % PAGE);
            int length = (int) Math.min(PAGE - within, offset + count - at);
            into.put(cache.getOrDefault(at / PAGE, ZEROES), within, length);
            at += length;
        }
        return count;
    }

    /// @param seen the sectors of it that are read back; the others, too, may be on the medium after a power cut
    void write(long offset, byte[] bytes, LongPredicate seen) {
        if (bytes.length == 0) return;
        size = Math.max(size, offset + bytes.length);
        int within = (int) (offset % SECTOR);
        byte[] sectors = new byte[Math.ceilDiv(within + bytes.length, SECTOR) * SECTOR];
        copySector(offset, sectors, 0);
        copySector(offset + bytes.length - 1, sectors, sectors.length - SECTOR);
        System.arraycopy(bytes, 0, sectors, within, bytes.length);
        put(cache, offset - within, sectors, seen);
        unforced.add(new Unforced.Written(offset - within, sectors));
    }

    private void copySector(long offset, byte[] into, int at) {
        long start = offset / SECTOR * SECTOR;
        System.arraycopy(cache.getOrDefault(start / PAGE, ZEROES), (int) (start % PAGE), into, at, SECTOR);
    }

    void zero(long offset, long length, LongPredicate seen) {
        zero(cache, offset, length, seen);
        unforced.add(new Unforced.Zeroed(offset, length));
    }

    void truncate(long to) {
        if (to >= size) return;
        zero(cache, to, size - to, _ -> true);
        size = to;
        unforced.add(new Unforced.Cut(to));
    }

    void force() {
        unforced.forEach(one -> apply(one, medium, _ -> true));
        unforced.clear();
        sizeOnMedium = size;
    }

    /// What was not forced counts as forced, and is not.
    void lose() {
        unforced.clear();
    }

    /// The process ended, perhaps in its last write: of that only what is read back is ever forced.
    void killed() {
        if (unforced.isEmpty()) return;
        switch (unforced.getLast()) {
            case Unforced.Written(long offset, byte[] sectors) -> replaceLast(offset, sectors.length);
            case Unforced.Zeroed(long offset, long length) -> replaceLast(offset, length);
            case Unforced.Cut _ -> {}
        }
    }

    private void replaceLast(long offset, long length) {
        long from = offset / SECTOR * SECTOR;
        byte[] sectors = new byte[(int) (Math.ceilDiv(offset + length, SECTOR) * SECTOR - from)];
        for (int at = 0; at < sectors.length; at += SECTOR) copySector(from + at, sectors, at);
        unforced.set(unforced.size() - 1, new Unforced.Written(from, sectors));
    }

    /// Forces what can be, and shows what is on the medium.
    void forget() {
        force();
        cache.clear();
        cache.putAll(copy(medium));
    }

    /// Changes a bit, wherever it is.
    void rot(long offset, int bit) {
        for (TreeMap<Long, byte[]> pages : List.of(medium, cache)) {
            pages.computeIfAbsent(offset / PAGE, _ -> new byte[PAGE])[(int) (offset % PAGE)] ^= (byte) (1 << bit);
        }
    }

    /// Makes the sector at this offset unreadable for good.
    void spoil(long offset) {
        unreadable.add(offset / SECTOR);
    }

    /// @param tears whether a sector may be left half written
    CrashableBytes afterPowerCut(RandomGenerator random, boolean tears) {
        TreeMap<Long, byte[]> left = copy(medium);
        int luck = random.nextInt(5);
        LongPredicate survives = _ -> luck != 0 && (luck == 4 || random.nextInt(4) < luck);
        for (Unforced one : unforced) {
            // Of a file that was cut and is written again, the former content may be there.
            if (one instanceof Unforced.Cut) continue;
            apply(one, left, survives);
            if (tears && one instanceof Unforced.Written written && random.nextInt(4) == 0) tear(written, left, random);
        }
        long shorter = Math.min(sizeOnMedium, size);
        long longer = Math.max(sizeOnMedium, size);
        long length = random.nextInt(3) == 0 ? longer : shorter + random.nextLong(longer - shorter + 1);
        zero(left, length, longer - length, _ -> true);
        CrashableBytes after = new CrashableBytes(length, left);
        after.unreadable.addAll(unreadable);
        return after;
    }

    /// Writes a part of one sector.
    private static void tear(Unforced.Written one, TreeMap<Long, byte[]> pages, RandomGenerator random) {
        int sector = random.nextInt(one.sectors.length / SECTOR) * SECTOR;
        byte[] part = Arrays.copyOfRange(one.sectors, sector, sector + random.nextInt(SECTOR));
        put(pages, one.offset + sector, part, _ -> true);
    }

    private static void apply(Unforced one, TreeMap<Long, byte[]> pages, LongPredicate survives) {
        switch (one) {
            case Unforced.Written(long offset, byte[] sectors) -> put(pages, offset, sectors, survives);
            case Unforced.Zeroed(long offset, long length) -> zero(pages, offset, length, survives);
            case Unforced.Cut(long to) -> zero(pages, to, Long.MAX_VALUE - to, survives);
        }
    }

    private static void put(TreeMap<Long, byte[]> pages, long offset, byte[] bytes, LongPredicate survives) {
        for (int done = 0; done < bytes.length; ) {
            long at = offset + done;
            int length = (int) Math.min(SECTOR - at % SECTOR, bytes.length - done);
            if (survives.test(at / SECTOR)) {
                byte[] page = pages.computeIfAbsent(at / PAGE, _ -> new byte[PAGE]);
                System.arraycopy(bytes, done, page, (int) (at % PAGE), length);
            }
            done += length;
        }
    }

    private static void zero(TreeMap<Long, byte[]> pages, long offset, long length, LongPredicate survives) {
        long end = offset + length;
        for (var entry :
                List.copyOf(pages.subMap(offset / PAGE, Math.ceilDiv(end, PAGE)).entrySet())) {
            long start = entry.getKey() * PAGE;
            byte[] page = entry.getValue();
            for (long at = Math.max(start, offset); at < Math.min(start + PAGE, end); ) {
                int part = (int) Math.min(SECTOR - at % SECTOR, end - at);
                if (survives.test(at / SECTOR))
                    Arrays.fill(page, (int) (at - start), (int) (at - start) + part, (byte) 0);
                at += part;
            }
            if (Arrays.equals(page, ZEROES)) pages.remove(entry.getKey());
        }
    }

    private static TreeMap<Long, byte[]> copy(TreeMap<Long, byte[]> pages) {
        TreeMap<Long, byte[]> copy = new TreeMap<>();
        pages.forEach((number, page) -> copy.put(number, page.clone()));
        return copy;
    }
}
