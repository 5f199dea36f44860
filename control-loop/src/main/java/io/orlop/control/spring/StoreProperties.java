package io.orlop.control.spring;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the store is and how it is used.
///
/// @param endpoints URLs of its members
/// @param prefix under which everything lies
/// @param pageSize how many keys a listing fetches at a time
/// @param leaseTtl how long a leader that died unnoticed keeps the next one waiting
/// @param callTimeout how long one call may take
@ConfigurationProperties("orlop.store")
public record StoreProperties(
        @DefaultValue("http://127.0.0.1:2379") List<String> endpoints,
        @DefaultValue("/mayastor/v2") String prefix,
        @DefaultValue("500") int pageSize,
        @DefaultValue("10s") Duration leaseTtl,
        @DefaultValue("5s") Duration callTimeout) {

    EtcdSettings etcd() {
        return new EtcdSettings(endpoints, pageSize, callTimeout);
    }

    Layout layout() {
        return new Layout(prefix);
    }
}
