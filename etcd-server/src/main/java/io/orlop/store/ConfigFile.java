package io.orlop.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/// etcd's configuration file: the flags as `word: value`, those of TLS in a section.
///
/// ```yaml
/// name: one
/// data-dir: /var/lib/orlop
/// client-transport-security:
///   cert-file: server.crt
///   key-file: server.key
/// ```
/// That much of YAML and no more: what is not of this form is refused with its line.
final class ConfigFile {
    private static final String OURS = "client-transport-security";
    private static final String PEERS = "peer-transport-security";

    private ConfigFile() {}

    static Map<StoreFlag, String> read(Path file) throws IOException {
        Map<StoreFlag, String> flags = new EnumMap<>(StoreFlag.class);
        String section = "";
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = withoutComment(line).stripTrailing();
            if (text.isBlank() || text.equals("---")) continue;
            int colon = text.indexOf(':');
            if (colon < 0) throw refused(file, number, line);
            boolean inner = text.startsWith(" ");
            String word = text.substring(0, colon).strip();
            String value = unquoted(text.substring(colon + 1).strip());
            if (!inner) section = "";
            if (value.isEmpty() && (word.equals(OURS) || word.equals(PEERS))) {
                section = word;
                continue;
            }
            StoreFlag flag = StoreFlag.named(section.equals(PEERS) ? "peer-" + word : word);
            if (flag == null || inner == section.isEmpty() || value.startsWith("[") || value.startsWith("{")) {
                throw refused(file, number, line);
            }
            // etcd takes nanoseconds where a flag takes a time.
            if (flag.kind == StoreFlag.Kind.DURATION && value.matches("\\d+")) value = value + "ns";
            if (!value.isEmpty()) flags.put(flag, value);
        }
        return flags;
    }

    private static IllegalArgumentException refused(Path file, int number, String line) {
        return new IllegalArgumentException(
                "error loading configuration file " + file + ", line " + number + ": " + line.strip());
    }

    private static String withoutComment(String line) {
        if (line.startsWith("#")) return "";
        int comment = line.indexOf(" #");
        return comment < 0 ? line : line.substring(0, comment);
    }

    private static String unquoted(String value) {
        if (value.equals("null") || value.equals("~")) return "";
        boolean quoted = value.length() >= 2
                && (value.startsWith("\"") || value.startsWith("'"))
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
