package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What a disk carries, judged from its [Ends], before anything may be written to it.
public sealed interface DiskContent {
    /// Nothing that anybody would miss, as far as can be told.
    record Blank() implements DiskContent {
        @Override
        public String what() {
            return "nothing";
        }
    }

    record OfPool(PoolHeader header) implements DiskContent {
        @Override
        public String what() {
            return "pool '%s'".formatted(header.name());
        }
    }

    /// Somebody's data: a pool whose header is damaged, a file system, a partition table …
    record Foreign(String what) implements DiskContent {}

    /// In words that complete "the disk carries …".
    String what();

    static DiskContent of(Disk disk) throws IOException {
        return disk.size() < PoolHeader.PAGE ? ofOthers(disk) : ofPool(disk);
    }

    private static DiskContent ofPool(Disk disk) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(PoolHeader.PAGE);
        disk.read(0, page);
        page.flip();
        if (Erasure.isNobodys(page)) return ofNobody(disk);
        if (page.getLong(0) == PoolHeader.MAGIC) {
            return PoolHeader.decode(page)
                    .<DiskContent>map(OfPool::new)
                    .orElse(new Foreign("a pool with a damaged header, or of a later version"));
        }
        // A pool is told by more than its first bytes: were they all, one flipped bit would offer it for formatting.
        ByteBuffer mended = ByteBuffer.allocate(PoolHeader.PAGE).put(0, page, 0, PoolHeader.PAGE);
        if (PoolHeader.decode(mended.putLong(0, PoolHeader.MAGIC)).isPresent()) {
            return new Foreign("a pool whose first bytes are damaged");
        }
        return ofOthers(disk);
    }

    /// Whatever else is there was a pool's, or was to be one's; unless somebody came who left our first page as it was.
    private static DiskContent ofNobody(Disk disk) throws IOException {
        return Formats.known(Ends.of(disk)).<DiskContent>map(Foreign::new).orElse(new Blank());
    }

    private static DiskContent ofOthers(Disk disk) throws IOException {
        return Formats.on(Ends.of(disk)).<DiskContent>map(Foreign::new).orElse(new Blank());
    }
}
