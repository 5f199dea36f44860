package io.orlop.control.keyspace.etcd;

import java.time.Duration;
import java.util.List;

/// @param endpoints URLs such as `http://127.0.0.1:2379`
/// @param pageSize how many keys a listing fetches at a time
/// @param callTimeout how long one call may take
public record EtcdSettings(List<String> endpoints, int pageSize, Duration callTimeout) {
    public EtcdSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty())
            throw new IllegalArgumentException("no store endpoint is given; name at least one URL");
        if (pageSize < 1) throw new IllegalArgumentException("a page of " + pageSize + " keys holds nothing");
    }

    public static EtcdSettings at(String... endpoints) {
        return new EtcdSettings(List.of(endpoints), 500, Duration.ofSeconds(5));
    }

    public EtcdSettings pageSize(int pageSize) {
        return new EtcdSettings(endpoints, pageSize, callTimeout);
    }

    public EtcdSettings callTimeout(Duration callTimeout) {
        return new EtcdSettings(endpoints, pageSize, callTimeout);
    }
}
