package io.orlop.dataplane.agent;

import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreLogin;
import io.orlop.wire.store.StoreTls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// `orlop.store.tls.*` and `orlop.store.user`, as the services have them: who the agent is to the store.
///
/// @param tls files of certificates, for endpoints with `https`
/// @param user whom the store knows, and the password, given as it is or in a file
@ConfigurationProperties("orlop.store")
record StoreSecurity(@Nullable Tls tls, @Nullable String user, @Nullable String password, @Nullable Path passwordFile) {
    /// PEM; see [StoreTls].
    record Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {}

    /// @param endpoints URLs, separated by commas
    StoreAccess access(String endpoints) {
        StoreTls files = tls == null ? StoreTls.NONE : new StoreTls(tls.ca(), tls.certificate(), tls.key());
        return new StoreAccess(List.of(endpoints.split(",")), files, new StoreLogin(user, password, passwordFile));
    }
}
