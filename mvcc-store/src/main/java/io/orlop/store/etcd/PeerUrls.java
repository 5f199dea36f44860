package io.orlop.store.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

/// Addresses of members: a scheme, a host and a port, and nothing more.
final class PeerUrls {
    private static final Set<String> SCHEMES = Set.of("http", "https", "unix", "unixs");

    private PeerUrls() {}

    static boolean valid(List<String> urls) {
        return !urls.isEmpty() && urls.stream().allMatch(PeerUrls::valid);
    }

    private static boolean valid(String text) {
        try {
            URI url = new URI(text.strip());
            return url.getScheme() != null
                    && SCHEMES.contains(url.getScheme())
                    && url.getHost() != null
                    && url.getPort() >= 0
                    && (url.getPath() == null || url.getPath().isEmpty());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
