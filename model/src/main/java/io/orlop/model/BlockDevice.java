package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A disk, a partition or a file of a node that could become a pool.
///
/// @param size in bytes
/// @param available whether nothing uses it
public record BlockDevice(
        String name,
        String type,
        int major,
        int minor,
        String model,
        String path,
        List<String> links,
        Bytes size,
        @Nullable Partition partition,
        @Nullable FileSystem fileSystem,
        boolean available,
        String connectionType,
        @Nullable Boolean rotational) {
    public BlockDevice {
        links = List.copyOf(links);
    }

    public record Partition(String parent, int number, String name, String scheme, String type, String uuid) {}

    public record FileSystem(String type, String label, String uuid, List<String> mountPoints) {
        public FileSystem {
            mountPoints = List.copyOf(mountPoints);
        }
    }
}
