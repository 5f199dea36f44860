package io.orlop.store;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/// The command line, in etcd's words: `--flag value` or `--flag=value`.
record StoreFlags(
        Path dataDirectory,
        List<URI> listenUrls,
        List<String> advertisedUrls,
        String name,
        int txnOperationsMax,
        int requestBytesMax) {
    private static final String KNOWN =
            "--data-dir --listen-client-urls --advertise-client-urls --name --max-txn-ops" + " --max-request-bytes";

    static StoreFlags parse(String... arguments) {
        StoreFlags flags = new StoreFlags(
                Path.of("default.etcd"),
                List.of(URI.create("http://localhost:2379")),
                List.of(),
                "default",
                128,
                1536 * 1024);
        Iterator<String> rest = List.of(arguments).iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (equals < 0 && !rest.hasNext()) throw new IllegalArgumentException(flag + " needs a value");
            flags = flags.with(flag, equals < 0 ? rest.next() : argument.substring(equals + 1));
        }
        return flags;
    }

    private StoreFlags with(String flag, String value) {
        return switch (flag) {
            case "--data-dir" ->
                new StoreFlags(Path.of(value), listenUrls, advertisedUrls, name, txnOperationsMax, requestBytesMax);
            case "--listen-client-urls" ->
                new StoreFlags(dataDirectory, urls(value), advertisedUrls, name, txnOperationsMax, requestBytesMax);
            case "--advertise-client-urls" ->
                new StoreFlags(
                        dataDirectory, listenUrls, List.of(value.split(",")), name, txnOperationsMax, requestBytesMax);
            case "--name" ->
                new StoreFlags(dataDirectory, listenUrls, advertisedUrls, value, txnOperationsMax, requestBytesMax);
            case "--max-txn-ops" ->
                new StoreFlags(dataDirectory, listenUrls, advertisedUrls, name, positive(flag, value), requestBytesMax);
            case "--max-request-bytes" ->
                new StoreFlags(
                        dataDirectory, listenUrls, advertisedUrls, name, txnOperationsMax, positive(flag, value));
            default -> throw new IllegalArgumentException("unknown flag " + flag + "; the store knows " + KNOWN);
        };
    }

    private static List<URI> urls(String value) {
        return List.of(value.split(",")).stream().map(StoreFlags::url).toList();
    }

    private static URI url(String text) {
        URI url = URI.create(text.strip());
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException("--listen-client-urls " + text
                    + ": give it as http://HOST:PORT, for example http://127.0.0.1:2379");
        }
        return url;
    }

    private static int positive(String flag, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) return number;
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(flag + " " + value + ": give a whole number above 0");
    }

    InetSocketAddress[] listen() {
        return listenUrls.stream()
                .map(url -> new InetSocketAddress(url.getHost(), url.getPort()))
                .toArray(InetSocketAddress[]::new);
    }
}
