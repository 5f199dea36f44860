package io.orlop.csi;

import io.orlop.model.Refusal;
import io.orlop.model.Topology;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The parameters of a StorageClass that say by label where replicas may live. Each holds lines, `key: value` or `key`;
/// apart from the affinity key only one of them may be there.
final class TopologyParameters {
    static final List<String> KEYS = List.of(
            "nodeAffinityTopologyLabel",
            "nodeHasTopologyKey",
            "nodeSpreadTopologyKey",
            "poolAffinityTopologyKey",
            "poolAffinityTopologyLabel",
            "poolHasTopologyKey");

    private TopologyParameters() {}

    static Topology topology(Map<String, String> parameters) {
        SortedSet<String> present = new TreeSet<>(KEYS);
        present.retainAll(new TreeSet<>(parameters.keySet()));
        SortedSet<String> exclusive = new TreeSet<>(present);
        exclusive.remove("poolAffinityTopologyKey");
        if (exclusive.size() > 1) {
            throw new Refusal.Invalid(
                            "the StorageClass has the parameters " + String.join(" and ", exclusive),
                            "keep one of them: they are not combined")
                    .exception();
        }
        Topology.Nodes nodes = new Topology.Nodes.Any();
        SortedMap<String, String> poolInclusion = new TreeMap<>();
        List<String> poolAffinity = List.of();
        for (String key : present) {
            SortedMap<String, String> lines = lines(key, parameters.getOrDefault(key, ""));
            switch (key) {
                case "nodeAffinityTopologyLabel" -> nodes = including(labels(key, lines));
                case "nodeHasTopologyKey" -> nodes = including(keys(lines));
                case "nodeSpreadTopologyKey" -> nodes = new Topology.Nodes.Labelled(Map.of(), keys(lines), List.of());
                case "poolAffinityTopologyLabel" -> poolInclusion.putAll(labels(key, lines));
                case "poolHasTopologyKey" -> poolInclusion.putAll(keys(lines));
                default -> poolAffinity = List.copyOf(lines.keySet());
            }
        }
        Topology.Pools pools = poolInclusion.isEmpty() && poolAffinity.isEmpty()
                ? new Topology.Pools.Any()
                : new Topology.Pools.Labelled(poolInclusion, Map.of(), poolAffinity);
        return new Topology(nodes, pools);
    }

    private static Topology.Nodes including(Map<String, String> labels) {
        return new Topology.Nodes.Labelled(labels, Map.of(), List.of());
    }

    /// Only the keys: an empty value asks that the label is there.
    private static SortedMap<String, String> keys(SortedMap<String, String> lines) {
        SortedMap<String, String> keys = new TreeMap<>();
        lines.keySet().forEach(key -> keys.put(key, ""));
        return keys;
    }

    private static SortedMap<String, String> labels(String parameter, SortedMap<String, String> lines) {
        lines.forEach((key, value) -> {
            if (value.isEmpty()) throw malformed(parameter, key, "write lines of 'key: value'");
        });
        return lines;
    }

    private static SortedMap<String, String> lines(String parameter, String text) {
        SortedMap<String, String> lines = new TreeMap<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank()) continue;
            String[] parts = line.strip().split(":\\s*", 2);
            if (parts[0].isBlank()) throw malformed(parameter, line, "write lines of 'key: value' or 'key'");
            lines.put(parts[0].strip(), parts.length == 2 ? unquoted(parts[1].strip()) : "");
        }
        if (lines.isEmpty()) throw malformed(parameter, text, "name at least one label, or leave the parameter out");
        return lines;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static RuntimeException malformed(String parameter, String line, String remedy) {
        return new Refusal.Invalid("StorageClass parameter %s has the line '%s'".formatted(parameter, line), remedy)
                .exception();
    }
}
