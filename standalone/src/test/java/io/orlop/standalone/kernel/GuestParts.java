package io.orlop.standalone.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a guest is made of, found on this machine: the emulator, a kernel with its modules, and programs.
///
/// The kernel is looked for in `$ORLOP_KERNEL`, in `/var/cache/orlop/kernel` (where `.ci/run` unpacks Debian's package
/// without installing it, as installing it would bring a boot loader's tools along) and in `/`.
public sealed interface GuestParts {
    record Found(Path emulator, Path kernel, Path modules, List<Path> programs) implements GuestParts {}

    /// Nothing can be booted here before these Debian packages are there.
    record Missing(List<String> packages) implements GuestParts {
        @Override
        public String toString() {
            return "no Linux guest can be booted here: Debian packages missing: " + String.join(" ", packages)
                    + " (.ci/run shows how to get them)";
        }
    }

    record Program(String name, String debianPackage) {}

    /// What every guest has beside busybox.
    List<Program> REQUIRED = List.of(
            new Program("busybox", "busybox-static"),
            new Program("nvme", "nvme-cli"),
            new Program("mkfs.ext4", "e2fsprogs"),
            new Program("e2fsck", "e2fsprogs"));

    /// What a guest has when this machine has it.
    List<String> WELCOME = List.of("mkfs.xfs", "xfs_repair", "resize2fs", "blkdiscard", "fio");

    static GuestParts find() throws IOException {
        var missing = new ArrayList<String>();
        Optional<Path> emulator = program("qemu-system-x86_64");
        if (emulator.isEmpty()) missing.add("qemu-system-x86");
        if (program("modinfo").isEmpty()) missing.add("kmod");
        var programs = new ArrayList<Path>();
        for (Program required : REQUIRED) {
            Optional<Path> path = program(required.name());
            path.ifPresent(programs::add);
            if (path.isEmpty() && !missing.contains(required.debianPackage())) missing.add(required.debianPackage());
        }
        WELCOME.forEach(name -> program(name).ifPresent(programs::add));
        Optional<Path> kernel = kernel();
        if (kernel.isEmpty()) missing.add("linux-image-cloud-amd64");
        return missing.isEmpty()
                ? new Found(emulator.orElseThrow(), kernel.orElseThrow(), modulesOf(kernel.orElseThrow()), programs)
                : new Missing(missing);
    }

    private static Optional<Path> program(String name) {
        return Stream.of("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> kernel() throws IOException {
        String chosen = System.getenv().getOrDefault("ORLOP_KERNEL", "/var/cache/orlop/kernel");
        for (String root : List.of(chosen, "/")) {
            Path boot = Path.of(root, "boot");
            if (!Files.isDirectory(boot)) continue;
            try (var files = Files.list(boot)) {
                var newest = files.filter(file -> file.getFileName().toString().matches("vmlinuz-.*-cloud-amd64"))
                        .filter(file -> Files.isDirectory(modulesOf(file)))
                        .max(Comparator.naturalOrder());
                if (newest.isPresent()) return newest;
            }
        }
        return Optional.empty();
    }

    private static Path modulesOf(Path kernel) {
        String version = kernel.getFileName().toString().substring("vmlinuz-".length());
        return kernel.resolve("../../lib/modules").normalize().resolve(version);
    }
}
