package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.disk.CrashableDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeaseExpiryTest {
    private static final int LEASES = 10_000;

    private final StillAmbient ambient = new StillAmbient(0);
    private final MvccStore store;

    LeaseExpiryTest() throws IOException {
        store = MvccStore.openStill(new CrashableDisk(), ambient, StoreOptions.defaults());
    }

    private static Octets key(long lease) {
        return Octets.of("%05d".formatted(lease));
    }

    private void grant(long id, long seconds) {
        var _ = store.grantLease(id, seconds);
        var _ = store.submit(new Operation.Put(key(id), Octets.of("kept"), id, false, false, false));
        // No more than 5,000 may wait.
        if (id % 2_000 == 0) store.turn();
    }

    private long keys() {
        return store.range(Operation.Range.of(KeyRange.all())).count();
    }

    @Test
    void aPutIsAnsweredWhileTenThousandLeasesEnd() {
        for (long id = 1; id <= LEASES; id++) grant(id, 10);
        store.turn();
        assertThat(keys()).isEqualTo(LEASES);
        ambient.pass(Duration.ofSeconds(11));
        Octets key = Octets.of("in between");
        CompletableFuture<Outcome> put = store.submit(Operation.Put.of(key, Octets.of("now")));
        store.turn();
        assertThat(put).isDone();
        assertThat(store.value(key)).isEqualTo(Octets.of("now"));
        long left = keys() - 1;
        assertThat(left).isBetween(LEASES - 1_000L, LEASES - 1L);
        for (int turns = 1; keys() > 1; turns++) {
            store.turn();
            assertThat(turns).isLessThan(100);
        }
        CompletableFuture<List<Long>> leases = store.leases();
        store.turn();
        assertThat(MvccStore.await(leases)).isEmpty();
        assertThat(store.revision()).isEqualTo(1 + LEASES + 1 + LEASES);
    }

    @Test
    void theLongestOverdueEndFirst() {
        for (long id = 1; id <= 1_000; id++) grant(id, 2_000 - id);
        store.turn();
        ambient.pass(Duration.ofSeconds(5_000));
        store.turn();
        assertThat(store.value(key(1_000))).isNull();
        assertThat(store.value(key(501))).isNull();
        assertThat(store.value(key(499))).isNotNull();
    }

    @Test
    void aRenewedLeaseOutlivesItsFirstTime() {
        grant(1, 10);
        grant(2, 10);
        store.turn();
        for (int i = 0; i < 5; i++) {
            ambient.pass(Duration.ofSeconds(4));
            var _ = store.renewLease(1);
            store.turn();
            store.turn();
        }
        assertThat(store.value(key(1))).isNotNull();
        assertThat(store.value(key(2))).isNull();
    }
}
