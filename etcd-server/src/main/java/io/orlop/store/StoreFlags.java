package io.orlop.store;

import io.orlop.store.pem.GivenFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the command line, the environment or a file says, in etcd's words. As with etcd, a flag goes before a variable
/// `ETCD_…`, and a file stands alone: with `--config-file` nothing else counts.
final class StoreFlags {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

    private static final long COUNT_MAX = 4_294_967_295L;
    private static final int PORT_MAX = 65_535;
    private static final String EXAMPLE = "http://127.0.0.1:2379";

    private final Map<StoreFlag, String> given = new EnumMap<>(StoreFlag.class);

    static StoreFlags parse(Map<String, String> environment, String... arguments) throws IOException {
        StoreFlags flags = new StoreFlags();
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(arguments));
        String file = environment.getOrDefault("ETCD_CONFIG_FILE", "");
        for (StoreFlag flag : StoreFlag.values()) {
            String value = environment.get(flag.variable());
            if (value != null && !value.isEmpty()) flags.set(flag, value);
        }
        while (!rest.isEmpty()) {
            String argument = rest.remove();
            String word = argument.replaceFirst("^--?", "");
            if (word.equals(argument)) {
                throw new IllegalArgumentException("'" + argument + "' is not a valid flag");
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            StoreFlag flag = StoreFlag.named(name);
            if (flag == null && !name.equals("config-file")) {
                throw new IllegalArgumentException("flag provided but not defined: -" + name);
            }
            String value;
            if (equals >= 0) {
                value = word.substring(equals + 1);
            } else if (flag != null && flag.kind == StoreFlag.Kind.BOOLEAN) {
                value = "true";
            } else {
                if (rest.isEmpty()) throw new IllegalArgumentException("flag needs an argument: -" + name);
                value = rest.remove();
            }
            if (flag == null) file = value;
            else flags.set(flag, value);
        }
        if (!file.isEmpty()) {
            flags = new StoreFlags();
            ConfigFile.read(GivenFile.of("--config-file", file)).forEach(flags::set);
        }
        Sense.check(flags);
        return flags;
    }

    private void set(StoreFlag flag, String value) {
        given.put(flag, value);
        switch (flag.kind) {
            case TEXT -> {}
            case URLS -> checkUrls(flag);
            case BOOLEAN -> on(flag);
            case NUMBER -> number(flag);
            case COUNT -> count(flag);
            case DURATION -> duration(flag);
        }
        if (flag.treatment == StoreFlag.Treatment.REFUSED && differs(flag)) {
            throw new IllegalArgumentException(flag + "=" + value + " is not possible: the store is a single node"
                    + " that serves the v3 API; where that is not enough, use etcd");
        }
    }

    private void checkUrls(StoreFlag flag) {
        // Also where that is no address, as the star that means everybody.
        if (text(flag).equals(flag.usual)) return;
        try {
            Urls.in(text(flag)).forEach(Urls::check);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "invalid value \"" + text(flag) + "\" for flag -" + flag.word + ": " + e.getMessage()
                            + "; give it as http://HOST:PORT, for example " + EXAMPLE,
                    e);
        }
    }

    private boolean differs(StoreFlag flag) {
        return given.containsKey(flag) && !text(flag).equals(flag.usual);
    }

    /// A line for each flag that was given in vain.
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (StoreFlag flag : given.keySet()) {
            if (flag.treatment == StoreFlag.Treatment.IGNORED && differs(flag)) {
                warnings.add(flag + "=" + text(flag) + " makes no difference to this store and is ignored");
            }
        }
        return warnings;
    }

    String text(StoreFlag flag) {
        return given.getOrDefault(flag, flag.usual);
    }

    boolean on(StoreFlag flag) {
        return switch (text(flag)) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw invalid(flag, "true or false");
        };
    }

    long number(StoreFlag flag) {
        try {
            return Long.parseLong(text(flag));
        } catch (NumberFormatException e) {
            throw invalid(flag, "a whole number");
        }
    }

    private void count(StoreFlag flag) {
        long number = number(flag);
        if (number < 0 || number > COUNT_MAX) throw invalid(flag, "a whole number from 0 to " + COUNT_MAX);
    }

    /// A number that must be above 0 and is no larger than an `int` may be.
    int size(StoreFlag flag) {
        long number = number(flag);
        if (number <= 0 || number > Integer.MAX_VALUE) throw invalid(flag, "a whole number above 0");
        return (int) number;
    }

    /// As Go writes it: `300ms`, `1h30m`.
    Duration duration(StoreFlag flag) {
        Duration time = duration(text(flag));
        if (time == null) throw invalid(flag, "a time like 300ms, 10s or 1h30m");
        return time;
    }

    /// @return null if the text is no time
    static @Nullable Duration duration(String text) {
        if (text.equals("0")) return Duration.ZERO;
        Duration sum = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        int end = 0;
        while (part.find() && part.start() == end) {
            double nanos = Double.parseDouble(part.group(1))
                    * switch (part.group(2)) {
                        case "ns" -> 1.0;
                        case "us", "µs" -> 1e3;
                        case "ms" -> 1e6;
                        case "s" -> 1e9;
                        case "m" -> 60e9;
                        default -> 3600e9;
                    };
            sum = sum.plusNanos(Math.round(nanos));
            end = part.end();
        }
        return end == 0 || end != text.length() ? null : sum;
    }

    List<String> list(StoreFlag flag) {
        if (text(flag).isEmpty()) return List.of();
        return Arrays.stream(text(flag).split(",")).map(String::strip).toList();
    }

    IllegalArgumentException invalid(StoreFlag flag, String wanted) {
        return new IllegalArgumentException(
                "invalid value \"" + text(flag) + "\" for flag -" + flag.word + ": give " + wanted);
    }

    Path dataDirectory() {
        String directory = text(StoreFlag.DATA_DIR);
        return Path.of(directory.isEmpty() ? text(StoreFlag.NAME) + ".etcd" : directory);
    }

    /// Where to listen, and whether with TLS.
    List<URI> urls(StoreFlag flag) {
        return list(flag).stream().map(text -> url(flag, text)).toList();
    }

    private static URI url(StoreFlag flag, String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw cannotListen(flag, text);
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        boolean known = scheme.equals("http") || scheme.equals("https");
        if (!known || url.getHost() == null || url.getPort() < 0 || url.getPort() > PORT_MAX) {
            throw cannotListen(flag, text);
        }
        return URI.create(scheme + text.substring(scheme.length()));
    }

    private static IllegalArgumentException cannotListen(StoreFlag flag, String text) {
        return new IllegalArgumentException(
                flag + " " + text + ": give it as http://HOST:PORT, for example " + EXAMPLE);
    }

    static InetSocketAddress address(URI url) {
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    /// @throws IllegalArgumentException if these are no addresses where somebody could be found
    List<String> addresses(StoreFlag flag) {
        List<String> addresses = Urls.in(text(flag));
        addresses.forEach(address -> Urls.checkHost(flag, address));
        return addresses;
    }

    /// A store is a cluster of one: its member's name and address among members, which make its ids.
    List<String> peerUrls() {
        List<String> members = list(StoreFlag.INITIAL_CLUSTER);
        if (members.isEmpty()) return addresses(StoreFlag.INITIAL_ADVERTISE_PEER_URLS);
        String prefix = text(StoreFlag.NAME) + "=";
        for (String member : members) {
            if (!member.startsWith(prefix)) {
                throw new IllegalArgumentException(StoreFlag.INITIAL_CLUSTER + " names " + member
                        + ": the store is a single node, whose name is " + text(StoreFlag.NAME));
            }
        }
        List<String> urls = members.stream()
                .map(member -> member.substring(prefix.length()))
                .sorted()
                .toList();
        try {
            urls.forEach(Urls::check);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    StoreFlag.INITIAL_CLUSTER + ": error setting up initial cluster: " + e.getMessage()
                            + "; give it as " + prefix + "http://HOST:PORT",
                    e);
        }
        return urls;
    }
}
