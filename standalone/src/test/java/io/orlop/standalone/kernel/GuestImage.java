package io.orlop.standalone.kernel;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The guest's whole file system, unpacked into its memory by the kernel: busybox, the programs with the shared
/// libraries that `ldd` names, the kernel modules, and an `init` that serves commands on the second serial line.
final class GuestImage {
    private static final List<String> MODULES = List.of(
            "virtio_pci",
            "virtio_net",
            "virtio_rng",
            "crc32c_generic",
            "nvme-fabrics",
            "nvme-tcp",
            "loop",
            "ext4",
            "xfs");
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    /// One line in, one line out, so that nothing the kernel or a command prints can be taken for an answer:
    ///
    /// ```
    ///  → 7 bHMgL2Rldg==          number, command in base64
    ///  ← 7 0 bnVsbAp6ZXJvCg==    number, exit code, output in base64
    /// ```
    private static final String INIT =
            """
        #!/bin/sh
        export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/
        /bin/busybox --install -s /bin
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t devtmpfs dev /dev
        mount -t tmpfs tmpfs /tmp
        mount -t tmpfs tmpfs /run
        for module in $(cat /etc/modules); do insmod $module || echo "orlop: no $module"; done
        ip link set lo up
        ip address add 10.0.2.15/24 dev eth0
        ip link set eth0 up
        ip route add default via 10.0.2.2
        stty -F /dev/ttyS1 raw -echo
        exec 3<>/dev/ttyS1
        echo "0 0 cmVhZHkK" >&3
        while read -r number command <&3; do
          echo "$command" | base64 -d >/tmp/.command
          sh /tmp/.command >/tmp/.output 2>&1 </dev/null 3>&-
          code=$?
          echo "$number $code $(base64 -w 0 /tmp/.output)" >&3
        done
        poweroff -f
        """;

    private final TreeMap<String, Path> files = new TreeMap<>();
    private final Set<Path> modules;

    private GuestImage(GuestParts.Found parts) throws IOException {
        modules = new KernelModules(parts.modules()).inOrder(MODULES);
        for (Path program : parts.programs()) {
            boolean shell = program.endsWith("busybox");
            files.put((shell ? "/bin/" : "/usr/sbin/") + program.getFileName(), program);
            var libraries = LIBRARY.matcher(Command.output("ldd", program.toString()));
            while (libraries.find()) files.put(libraries.group(1), Path.of(libraries.group(1)));
        }
        for (Path module : modules) files.put(placeOf(module), module);
    }

    static void write(GuestParts.Found parts, Path image) throws IOException {
        var content = new GuestImage(parts);
        try (var archive = new Cpio(new BufferedOutputStream(Files.newOutputStream(image)))) {
            content.writeTo(archive);
        }
    }

    private void writeTo(Cpio archive) throws IOException {
        var folders =
                new TreeSet<>(Set.of("proc", "sys", "dev", "tmp", "run", "mnt", "bin", "sbin", "etc/nvme", "var"));
        files.keySet().forEach(file -> folders.add(file.substring(1, file.lastIndexOf('/'))));
        for (String folder : List.copyOf(folders)) {
            for (int slash = folder.indexOf('/'); slash > 0; slash = folder.indexOf('/', slash + 1)) {
                folders.add(folder.substring(0, slash));
            }
        }
        for (String folder : folders) archive.directory(folder);
        for (var file : files.entrySet()) {
            archive.file(file.getKey().substring(1), Files.readAllBytes(file.getValue()));
        }
        archive.link("bin/sh", "busybox");
        archive.link("etc/mtab", "/proc/self/mounts");
        text(archive, "init", INIT);
        text(archive, "etc/nvme/hostnqn", LinuxGuest.HOST_NQN + "\n");
        text(archive, "etc/nvme/hostid", LinuxGuest.HOST_ID + "\n");
        text(
                archive,
                "etc/modules",
                String.join("\n", modules.stream().map(GuestImage::placeOf).toList()) + "\n");
    }

    private static String placeOf(Path module) {
        return "/lib/modules/" + module.getFileName();
    }

    private static void text(Cpio archive, String name, String text) throws IOException {
        archive.file(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
