package io.orlop.store.door;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is narrower than usual about connections with TLS.
///
/// @param protocols as the JDK calls them, like `TLSv1.3`
/// @param ciphers as the JDK calls them; empty for its own choice
/// @param revoked a list of certificates that count no longer, PEM or DER; null if there is none
public record TlsLimits(List<String> protocols, List<String> ciphers, @Nullable Path revoked) {
    public static TlsLimits none() {
        return new TlsLimits(List.of("TLSv1.3", "TLSv1.2"), List.of(), null);
    }
}
