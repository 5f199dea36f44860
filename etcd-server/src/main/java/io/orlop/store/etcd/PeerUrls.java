package io.orlop.store.etcd;

import io.orlop.disk.OwnerOnly;
import io.orlop.disk.Safe;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// Addresses of members: a scheme, a host and a port, and nothing more.
public final class PeerUrls {
    private static final Set<String> SCHEMES = Set.of("http", "https", "unix", "unixs");

    private PeerUrls() {}

    /// What was said last about where a member is found, if anything was said since it began.
    public interface Kept {
        /// Empty if nothing was.
        List<String> urls();

        /// Returns when it is kept over a restart.
        void keep(List<String> urls) throws IOException;
    }

    /// Until the process ends.
    public static Kept unchanged() {
        AtomicReference<List<String>> last = new AtomicReference<>(List.of());
        return new Kept() {
            @Override
            public List<String> urls() {
                return last.get();
            }

            @Override
            public void keep(List<String> urls) {
                last.set(List.copyOf(urls));
            }
        };
    }

    /// In a file beside the log: it is no part of what snapshots take along, as who serves a copy is said anew.
    public static Kept in(Path directory) throws IOException {
        Path file = directory.resolve("peer-urls");
        Kept inMemory = unchanged();
        if (Files.exists(file)) inMemory.keep(Files.readAllLines(file));
        return new Kept() {
            @Override
            public List<String> urls() {
                return inMemory.urls();
            }

            @Override
            public void keep(List<String> urls) throws IOException {
                Path whole = directory.resolve("peer-urls.tmp");
                Files.deleteIfExists(whole);
                try (FileChannel channel = OwnerOnly.create(whole)) {
                    ByteBuffer text = ByteBuffer.wrap(String.join("\n", urls).getBytes(StandardCharsets.UTF_8));
                    while (text.hasRemaining()) channel.write(text);
                    channel.force(true);
                }
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
                Safe.force(directory);
                inMemory.keep(urls);
            }
        };
    }

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
