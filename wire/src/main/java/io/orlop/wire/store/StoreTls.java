package io.orlop.wire.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Files of PEM, read anew when they change.
///
/// @param ca whose signature on the store's certificate we believe; null for the system's
/// @param certificate our own chain, for a store whose clients prove themselves by one; null for none
/// @param key the private key to it, PKCS#8 (`BEGIN PRIVATE KEY`)
public record StoreTls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
    public static final StoreTls NONE = new StoreTls(null, null, null);

    public StoreTls {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "of orlop.store.tls.certificate and orlop.store.tls.key only one is given; give both or none");
        }
    }
}
