package io.orlop.dataplane.agent;

import io.orlop.dataplane.pool.DiskContent;
import io.orlop.disk.ReadOnlyDisk;
import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the kernel says of this machine's disks and partitions (`/sys/block`, `/proc/mounts`), and the plain files of
/// one folder.
final class SystemBlockDevices implements BlockDevices {
    private static final Path SYS = Path.of("/sys/block");
    private static final int KERNEL_SECTOR = 512;

    private final @Nullable Path folder;

    SystemBlockDevices(@Nullable Path folder) {
        this.folder = folder;
    }

    @Override
    public List<BlockDevice> list(boolean all) {
        List<BlockDevice> devices = new ArrayList<>();
        try {
            Map<String, List<Mount>> mounts = mounts();
            for (Path disk : entries(SYS)) {
                List<Path> partitions = entries(disk).stream()
                        .filter(entry -> Files.exists(entry.resolve("partition")))
                        .toList();
                devices.add(device(disk, disk, partitions.isEmpty(), mounts));
                for (Path partition : partitions) devices.add(device(partition, disk, true, mounts));
            }
            if (folder != null) for (Path file : entries(folder)) file(file, devices);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return devices.stream()
                .filter(device -> device.size().moreThan(Bytes.ZERO))
                .filter(device -> all || device.available())
                .toList();
    }

    private record Mount(String type, String point) {}

    private static BlockDevice device(Path sys, Path disk, boolean whole, Map<String, List<Mount>> mounts)
            throws IOException {
        String name = sys.getFileName().toString();
        String path = "/dev/" + name;
        String[] numbers = text(sys.resolve("dev"), "0:0").split(":");
        Bytes size = Bytes.of(Long.parseLong(text(sys.resolve("size"), "0")) * KERNEL_SECTOR);
        boolean partition = !sys.equals(disk);
        List<Mount> mounted = mounts.getOrDefault(path, List.of());
        boolean held = !entries(sys.resolve("holders")).isEmpty();
        return new BlockDevice(
                name,
                partition ? "partition" : "disk",
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                text(disk.resolve("device/model"), ""),
                path,
                links(Path.of(path)),
                size,
                partition ? partition(sys, disk) : null,
                mounted.isEmpty()
                        ? null
                        : new BlockDevice.FileSystem(
                                mounted.getFirst().type(),
                                "",
                                "",
                                mounted.stream().map(Mount::point).toList()),
                whole && mounted.isEmpty() && !held && blank(Path.of(path)),
                text(disk.resolve("device/transport"), ""),
                text(disk.resolve("queue/rotational"), "0").equals("1"));
    }

    private static BlockDevice.Partition partition(Path sys, Path disk) throws IOException {
        return new BlockDevice.Partition(
                "/dev/" + disk.getFileName(),
                Integer.parseInt(text(sys.resolve("partition"), "0")),
                sys.getFileName().toString(),
                "",
                "",
                "");
    }

    private static void file(Path file, List<BlockDevice> devices) throws IOException {
        if (!Files.isRegularFile(file)) return;
        devices.add(new BlockDevice(
                file.getFileName().toString(),
                "file",
                0,
                0,
                "",
                file.toAbsolutePath().toString(),
                List.of(),
                Bytes.of(Files.size(file)),
                null,
                null,
                blank(file),
                "",
                false));
    }

    /// Nobody's data, as a pool would find it; what cannot be read, or is a pool's here, is somebody's.
    private static boolean blank(Path path) {
        try (ReadOnlyDisk disk = ReadOnlyDisk.open(path)) {
            return DiskContent.of(disk) instanceof DiskContent.Blank;
        } catch (IOException _) {
            return false;
        }
    }

    private static Map<String, List<Mount>> mounts() throws IOException {
        Map<String, List<Mount>> mounts = new TreeMap<>();
        Path table = Path.of("/proc/mounts");
        if (!Files.exists(table)) return mounts;
        for (String line : Files.readAllLines(table)) {
            String[] words = line.split(" ");
            if (words.length < 3 || !words[0].startsWith("/dev/")) continue;
            mounts.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(new Mount(words[2], words[1]));
        }
        return mounts;
    }

    private static List<String> links(Path device) throws IOException {
        List<String> links = new ArrayList<>();
        for (Path kind : entries(Path.of("/dev/disk"))) {
            for (Path link : entries(kind)) {
                if (Files.isSymbolicLink(link)
                        && link.resolveSibling(Files.readSymbolicLink(link))
                                .normalize()
                                .equals(device)) {
                    links.add(link.toString());
                }
            }
        }
        return links;
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    private static String text(Path file, String otherwise) throws IOException {
        return Files.isReadable(file) ? Files.readString(file).strip() : otherwise;
    }
}
