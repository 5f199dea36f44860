package io.orlop.control.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Context;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who asks for something that needs the store may leave before the store has answered.
class CallersOfTheStoreTest {
    /// More than the circuit breaker looks back.
    private static final int MANY = 40;

    private final StorePolicies policies = StorePolicies.ofDefaults();
    private MvccStore store;
    private EtcdServer server;
    private EtcdKeyspace keyspace;

    @BeforeEach
    void connect(@TempDir Path directory) throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(
                store, EtcdOptions.listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        keyspace =
                EtcdKeyspace.connect(Ambient.system(), EtcdSettings.at("http://127.0.0.1:" + server.port()), policies);
        keyspace.get("/");
    }

    @AfterEach
    void stop() throws Exception {
        keyspace.close();
        server.close();
        store.close();
    }

    private static Transaction putting(String key) {
        return Transaction.of().put(key, new byte[] {1}).build();
    }

    private CircuitBreaker.State breaker() {
        return policies.breakers().circuitBreaker("store").getState();
    }

    @Test
    void aCallerThatLeavesSaysNothingAboutTheStore() {
        // Given
        Context.CancellableContext left = Context.current().withCancellation();
        left.cancel(null);
        // When
        for (int i = 0; i < MANY; i++) {
            String key = "/left-" + i;
            left.run(() -> assertThat(keyspace.commit(putting(key))).isInstanceOf(Commit.Committed.class));
        }
        // Then
        assertThat(keyspace.online()).isTrue();
        assertThat(breaker()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(keyspace.get("/left-0")).isPresent();
    }

    @Test
    void aCallerThatIsInterruptedSaysNothingAboutTheStore() {
        // When
        for (int i = 0; i < MANY; i++) {
            String key = "/interrupted-" + i;
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> keyspace.commit(putting(key))).isInstanceOf(StoreUnavailableException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        // Then
        assertThat(keyspace.online()).isTrue();
        assertThat(breaker()).isEqualTo(CircuitBreaker.State.CLOSED);
    }
}
