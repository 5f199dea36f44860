package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What a disk carries, judged from its [Ends], before anything may be written to it.
public sealed interface DiskContent {
    /// Nothing that anybody would miss, as far as can be told.
    record Blank() implements DiskContent {
        @Override
        public String what() {
            return "nothing";
        }
    }

    /// @param complaint what is to be said of the super block that does not count, if anything
    /// @param damaged whether that one is, and not only older
    record OfPool(SuperBlock block, Optional<String> complaint, boolean damaged) implements DiskContent {
        @Override
        public String what() {
            return "pool '%s'".formatted(block.name());
        }
    }

    record OfFormerPool(PoolHeader header) implements DiskContent {
        @Override
        public String what() {
            return "pool '%s' in the former format".formatted(header.name());
        }
    }

    /// Somebody's data: a pool that cannot be told any more, a file system, a partition table …
    record Foreign(String what) implements DiskContent {}

    /// In words that complete "the disk carries …".
    String what();

    static DiskContent of(Disk disk) throws IOException {
        return switch (SuperBlocks.find(disk)) {
            case SuperBlocks.Found.Pool(SuperBlock block, var complaint, boolean damaged) ->
                Formats.known(Ends.behindTheSuperBlock(disk))
                        .<DiskContent>map(what -> new Foreign("%s, over a pool".formatted(what)))
                        .orElse(new OfPool(block, complaint, damaged));
            case SuperBlocks.Found.Damaged(String what) -> new Foreign(what);
            case SuperBlocks.Found.Nothing() -> disk.size() < PoolHeader.PAGE ? ofOthers(disk) : ofFormerPool(disk);
        };
    }

    private static DiskContent ofFormerPool(Disk disk) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(PoolHeader.PAGE);
        disk.read(0, page);
        page.flip();
        if (Erasure.isNobodys(page)) return ofNobody(disk);
        return PoolHeader.decode(page).<DiskContent>map(OfFormerPool::new).orElse(ofOthers(disk));
    }

    /// Whatever else is there was a pool's, or was to be one's; unless somebody came who left our first page as it was.
    private static DiskContent ofNobody(Disk disk) throws IOException {
        return Formats.known(Ends.of(disk)).<DiskContent>map(Foreign::new).orElse(new Blank());
    }

    private static DiskContent ofOthers(Disk disk) throws IOException {
        return Formats.on(Ends.of(disk)).<DiskContent>map(Foreign::new).orElse(new Blank());
    }
}
