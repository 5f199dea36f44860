package io.orlop.control.spring;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreLogin;
import io.orlop.wire.store.StoreTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the store is and how it is used.
///
/// @param endpoints URLs of its members
/// @param prefix under which everything lies
/// @param pageSize how many keys a listing fetches at a time
/// @param tls files of certificates, for endpoints with `https`
/// @param user whom the store knows, and the password, given as it is or in a file
/// @param leaseTtl how long a leader that died unnoticed keeps the next one waiting
/// @param callTimeout how long one call may take
@ConfigurationProperties("orlop.store")
public record StoreProperties(
        @DefaultValue("http://127.0.0.1:2379") List<String> endpoints,
        @DefaultValue("/mayastor/v2") String prefix,
        @DefaultValue("500") int pageSize,
        @DefaultValue("2s") Duration leaseTtl,
        @DefaultValue("5s") Duration callTimeout,
        @Nullable Tls tls,
        @Nullable String user,
        @Nullable String password,
        @Nullable Path passwordFile) {

    /// @param ca PEM of who signed the store's certificate; without it, whom the system believes
    /// @param certificate PEM of our own chain
    /// @param key PEM of its private key, PKCS#8
    public record Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {}

    EtcdSettings etcd() {
        StoreTls files = tls == null ? StoreTls.NONE : new StoreTls(tls.ca(), tls.certificate(), tls.key());
        var access = new StoreAccess(endpoints, files, new StoreLogin(user, password, passwordFile));
        return new EtcdSettings(access, pageSize, callTimeout);
    }

    Layout layout() {
        return new Layout(prefix);
    }
}
