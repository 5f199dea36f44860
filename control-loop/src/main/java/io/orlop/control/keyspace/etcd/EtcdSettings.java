package io.orlop.control.keyspace.etcd;

import io.orlop.wire.store.StoreAccess;
import java.time.Duration;

/// @param access where the store is, and who we are there
/// @param pageSize how many keys a listing fetches at a time, at most
/// @param callTimeout how long one call may take
public record EtcdSettings(StoreAccess access, int pageSize, Duration callTimeout) {
    public EtcdSettings {
        if (pageSize < 1) throw new IllegalArgumentException("a page of " + pageSize + " keys holds nothing");
    }

    /// @param endpoints URLs such as `http://127.0.0.1:2379`
    public static EtcdSettings at(String... endpoints) {
        return at(StoreAccess.open(endpoints));
    }

    public static EtcdSettings at(StoreAccess access) {
        return new EtcdSettings(access, 500, Duration.ofSeconds(5));
    }

    public EtcdSettings pageSize(int pageSize) {
        return new EtcdSettings(access, pageSize, callTimeout);
    }

    public EtcdSettings callTimeout(Duration callTimeout) {
        return new EtcdSettings(access, pageSize, callTimeout);
    }
}
