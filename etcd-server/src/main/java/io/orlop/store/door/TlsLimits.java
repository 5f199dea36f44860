package io.orlop.store.door;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is narrower than usual about connections with TLS.
///
/// @param protocols as the JDK calls them, like `TLSv1.3`
/// @param ciphers as the JDK calls them; empty for [#USUAL_CIPHERS]
/// @param revoked a list of certificates that count no longer, PEM or DER; null if there is none
public record TlsLimits(List<String> protocols, List<String> ciphers, @Nullable Path revoked) {
    /// What Go, and so etcd, offers unless it is told otherwise. Of these the JDK takes what it has not switched off.
    static final List<String> USUAL_CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");

    public static TlsLimits none() {
        return new TlsLimits(List.of("TLSv1.3", "TLSv1.2"), List.of(), null);
    }
}
