package io.orlop.store;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Addresses as etcd takes them, and what it says of others: a scheme, a host and a port, and nothing more.
final class Urls {
    private static final Set<String> SCHEMES = Set.of("http", "https", "unix", "unixs");

    /// ```
    ///   scheme://user@host:port/path?query        the host in brackets if it has colons
    /// ```
    private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*).*");

    private static final Pattern PLACE = Pattern.compile("(?:.*@)?(\\[[^\\]]*]|[^:\\[\\]]*):([^:]*)");

    private Urls() {}

    /// With commas between. None is right, too: then nothing is said.
    static List<String> in(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /// @throws IllegalArgumentException in etcd's words, if it is no such address
    static void check(String text) {
        Matcher url = URL.matcher(text);
        if (!url.matches() || !SCHEMES.contains(url.group(1).toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("URL scheme must be http, https, unix, or unixs: " + text);
        }
        Matcher place = PLACE.matcher(url.group(2));
        if (!place.matches() || place.group(2).isEmpty()) {
            throw new IllegalArgumentException("URL address does not have the form \"host:port\": " + text);
        }
        if (!place.group(2).matches("\\d+")) {
            throw new IllegalArgumentException(
                    "parse \"" + text + "\": invalid port \":" + place.group(2) + "\" after host");
        }
        if (!url.group(3).isEmpty()) throw new IllegalArgumentException("URL must not contain a path: " + text);
    }

    /// An address for others is none without a host.
    ///
    /// @throws IllegalArgumentException in etcd's words
    static void checkHost(StoreFlag flag, String text) {
        if (!text.matches("[^:]*://(?:[^/]*@)?:.*")) return;
        throw new IllegalArgumentException(
                flag + " \"" + text + "\" must be \"host:port\" (unexpected empty host (" + text + "))");
    }
}
