import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/// Makes the root folder of our container images: a Java runtime linked from the JDK that runs this, and the C library
/// of this machine. Nothing is fetched from a registry, so an image can be built where there is neither Docker nor a
/// way to one. `profile images` of module standalone runs it.
///
/// ```
/// opt/java          jlink
/// lib, lib64        the shared libraries that ldd names for the runtime
/// etc, tmp, var/lib/orlop
/// ```
public final class ImageRoot {
    // java.se for Spring, jdk.unsupported for Netty and protobuf; the others for what they are called.
    private static final String MODULES =
            "java.se,jdk.unsupported,jdk.management,jdk.net,jdk.naming.dns,jdk.zipfs,jdk.jfr,jdk.jcmd,jdk.crypto.ec";

    private static final List<String> LINKED = List.of(
            "bin/java", "lib/server/libjvm.so", "lib/libjava.so", "lib/libnet.so", "lib/libnio.so", "lib/libzip.so",
            "lib/libextnet.so", "lib/libmanagement.so");

    // Asked for by name at run time: by Netty's epoll library and by the resolver.
    private static final List<String> BY_NAME = List.of(
            "libm.so.6", "librt.so.1", "libdl.so.2", "libpthread.so.0", "libresolv.so.2", "libgcc_s.so.1");

    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        if (Files.exists(root)) delete(root);
        Path java = root.resolve("opt/java");
        Files.createDirectories(java.getParent());
        int code = ToolProvider.findFirst("jlink").orElseThrow().run(
                System.out, System.err, "--add-modules", MODULES, "--no-header-files", "--no-man-pages",
                "--compress", "zip-6", "--output", java.toString());
        if (code != 0) throw new IllegalStateException("jlink ended with " + code);
        var libraries = new TreeSet<String>();
        for (String file : LINKED) libraries.addAll(needsOf(java.resolve(file)));
        Path system = Path.of(libraries.stream().filter(name -> name.endsWith("/libc.so.6")).findFirst().orElseThrow()).getParent();
        for (String name : BY_NAME) {
            if (Files.exists(system.resolve(name))) libraries.add(system.resolve(name).toString());
        }
        for (String library : libraries) {
            if (!library.startsWith(root.toAbsolutePath().toString())) copy(Path.of(library), root);
        }
        for (String folder : List.of("tmp", "etc", "run", "var/lib/orlop")) Files.createDirectories(root.resolve(folder));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/var/lib/orlop:/sbin/nologin\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
        Files.writeString(root.resolve("etc/nsswitch.conf"), "hosts: files dns\n");
        System.out.println("image root: " + libraries.size() + " libraries, " + java);
    }

    private static List<String> needsOf(Path file) throws IOException {
        var process = new ProcessBuilder("ldd", file.toString()).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return LIBRARY.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static void copy(Path library, Path root) throws IOException {
        Path target = root.resolve(library.toString().substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(library.toRealPath(), target);
    }

    private static void delete(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            tree.sorted(java.util.Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }
}
