package io.orlop.store.command;

import java.net.URI;

/// A running store or etcd, by its address, `http://HOST:PORT`, `https://HOST:PORT` or `HOST:PORT`, and how one proves
/// to it who one is. The options have etcdctl's names.
///
/// ```
///   --user NAME:PASSWORD     a user of the store
///   --cacert FILE            who signed its certificate; without, those whom the system trusts
///   --cert FILE --key FILE   a certificate of one's own
/// ```
record Endpoint(String host, int port, boolean secure, String user, String trusted, String certificate, String key) {
    static final String[] OPTIONS = {"user", "cacert", "cert", "key"};

    /// @param address the option that has the address
    /// @param prefix of the other options: `--`, or `--dest-` where there are two endpoints
    static Endpoint of(Arguments arguments, String address, String prefix) {
        String text = arguments.option(address);
        URI url = URI.create(text.contains("://") ? text : "http://" + text);
        boolean secure = "https".equals(url.getScheme());
        if (!secure && !"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException(
                    "endpoint " + text + ": give it as http://HOST:PORT or https://HOST:PORT");
        }
        String user = arguments.option(prefix + "user", "");
        if (!user.isEmpty() && user.indexOf(':') < 1) {
            throw new IllegalArgumentException(prefix + "user: give it as NAME:PASSWORD");
        }
        String certificate = arguments.option(prefix + "cert", "");
        String key = arguments.option(prefix + "key", "");
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException("give " + prefix + "cert and " + prefix + "key, or none of them");
        }
        return new Endpoint(
                url.getHost(), url.getPort(), secure, user, arguments.option(prefix + "cacert", ""), certificate, key);
    }

    /// Without the password.
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + host + ":" + port;
    }
}
