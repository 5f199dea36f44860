package io.orlop.standalone;

import io.orlop.model.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What `./orlop demo` was asked for; `./orlop --help` explains each.
///
/// @param nvmePort of the first node; the others take the ports after it, and 0 gives each a free one
/// @param advertise where hosts reach the nodes' NVMe/TCP, which listens there
/// @param listen where REST and the store listen; everything else is for this process alone
/// @param store endpoints of a real etcd; empty for the embedded store
record DemoOptions(
        int nodes,
        int poolsPerNode,
        Bytes poolSize,
        Path directory,
        int restPort,
        int storePort,
        int nvmePort,
        String advertise,
        String listen,
        Path csiSocket,
        List<String> store) {

    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([KMGT]?)(?:I?B)?");
    private static final Bytes POOL_LEAST = Bytes.mib(64);

    /// @throws IllegalArgumentException with a text for the user
    static DemoOptions parse(List<String> arguments) {
        int nodes = 3;
        int pools = 1;
        Bytes size = Bytes.gib(1);
        Path directory = Path.of("demo");
        int rest = 8081;
        int storePort = 2379;
        int nvme = 8420;
        String advertise = "127.0.0.1";
        String listen = "127.0.0.1";
        @Nullable Path socket = null;
        List<String> endpoints = List.of();
        Iterator<String> words = split(arguments).iterator();
        while (words.hasNext()) {
            String option = words.next();
            if (!option.startsWith("--")) throw wrong("'%s' is no option".formatted(option));
            switch (option) {
                case "--nodes" -> nodes = number(option, value(option, words), 1, 64);
                case "--pools" -> pools = number(option, value(option, words), 1, 16);
                case "--pool-size" -> size = size(option, value(option, words));
                case "--dir" -> directory = Path.of(value(option, words));
                case "--rest-port" -> rest = number(option, value(option, words), 0, 65535);
                case "--store-port" -> storePort = number(option, value(option, words), 0, 65535);
                case "--nvme-port" -> nvme = number(option, value(option, words), 0, 65535);
                case "--advertise" -> advertise = value(option, words);
                case "--listen" -> listen = value(option, words);
                case "--csi-socket" -> socket = Path.of(value(option, words));
                case "--store" -> endpoints = List.of(value(option, words).split(",", -1));
                default -> throw wrong("%s is no option of the demo".formatted(option));
            }
        }
        return new DemoOptions(
                nodes,
                pools,
                size,
                directory,
                rest,
                storePort,
                nvme,
                advertise,
                listen,
                socket == null ? directory.resolve("csi.sock") : socket,
                endpoints);
    }

    boolean embedsStore() {
        return store.isEmpty();
    }

    boolean listensEverywhere() {
        return List.of("0.0.0.0", "::", "[::]").contains(listen);
    }

    /// Where this machine itself reaches what listens, as it stands in a URL.
    String reach() {
        if (listensEverywhere()) return "127.0.0.1";
        return listen.contains(":") && !listen.startsWith("[") ? "[" + listen + "]" : listen;
    }

    /// `--nodes=3` is `--nodes 3`.
    private static List<String> split(List<String> arguments) {
        var words = new ArrayList<String>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.startsWith("--") && equals > 0) {
                words.add(argument.substring(0, equals));
                words.add(argument.substring(equals + 1));
            } else {
                words.add(argument);
            }
        }
        return words;
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) throw wrong("%s needs a value".formatted(option));
        return words.next();
    }

    private static int number(String option, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw wrong("%s is '%s': give a number from %d to %d".formatted(option, value, least, most));
    }

    private static Bytes size(String option, String value) {
        Matcher parts = SIZE.matcher(value.toUpperCase(Locale.ROOT));
        if (!parts.matches() || parts.group(1).length() > 12) {
            throw wrong("%s is '%s': give a size such as 512MiB or 2GiB".formatted(option, value));
        }
        long count = Long.parseLong(parts.group(1));
        Bytes size =
                switch (parts.group(2)) {
                    case "K" -> Bytes.kib(count);
                    case "M" -> Bytes.mib(count);
                    case "G" -> Bytes.gib(count);
                    case "T" -> Bytes.gib(Math.multiplyExact(count, 1024L));
                    default -> Bytes.of(count);
                };
        if (!size.atLeast(POOL_LEAST)) {
            throw wrong("%s is %s: a pool needs at least %s".formatted(option, size, POOL_LEAST));
        }
        return size;
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + "; ./orlop --help lists the options");
    }
}
