package io.orlop.standalone.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The files of kernel modules in the order in which they must be inserted: each after those it depends on. What is
/// built into the kernel has no file and needs none.
final class KernelModules {
    private final Map<String, Path> files = new TreeMap<>();

    KernelModules(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            tree.filter(path -> path.toString().endsWith(".ko")).forEach(path -> files.put(nameOf(path), path));
        }
    }

    Set<Path> inOrder(List<String> wanted) throws IOException {
        var order = new LinkedHashSet<Path>();
        for (String name : wanted) collect(name, order);
        return order;
    }

    private void collect(String name, Set<Path> order) throws IOException {
        Path file = files.get(canonical(name));
        if (file == null || order.contains(file)) return;
        String needs = Command.output("modinfo", "-F", "depends", file.toString());
        for (String need : needs.strip().split(",")) collect(need, order);
        order.add(file);
    }

    private static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return canonical(name.substring(0, name.length() - ".ko".length()));
    }

    private static String canonical(String name) {
        return name.replace('-', '_');
    }
}
