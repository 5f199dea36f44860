package io.orlop.control.keyspace;

import io.etcd.jetcd.Client;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/// Something that speaks etcd's API, at the other end of a [Cable].
final class EtcdWorld implements World {
    private final Cable cable;
    private final Client direct;
    private final EtcdKeyspace client;

    EtcdWorld(String endpoint) throws IOException {
        URI store = URI.create(endpoint);
        cable = new Cable(new InetSocketAddress(store.getHost(), store.getPort()));
        direct = Client.builder().endpoints(endpoint).build();
        // Pages so small that every larger test crosses several.
        client = EtcdKeyspace.connect(
                Ambient.system(), EtcdSettings.at(cable.endpoint()).pageSize(7), StorePolicies.ofDefaults());
    }

    @Override
    public Keyspace client() {
        return client;
    }

    @Override
    public void cut() {
        cable.cut();
    }

    @Override
    public void mend() {
        cable.mend();
    }

    @Override
    public void compact(long revision) throws Exception {
        direct.getKVClient().compact(revision).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        client.close();
        direct.close();
        cable.close();
    }
}
