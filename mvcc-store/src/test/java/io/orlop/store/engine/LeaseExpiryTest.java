package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeaseExpiryTest {
    private static final int LEASES = 10_000;
    private static final StoreOptions IN_PARTS = StoreOptions.defaults().underWayBytes(2 << 20);

    private final StillAmbient ambient = new StillAmbient(0);
    private final MvccStore store;

    LeaseExpiryTest() throws IOException {
        store = MvccStore.openStill(new CrashableDirectory(), ambient, StoreOptions.defaults());
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
        ambient.pass(Duration.ofMillis(9_900), store);
        ambient.pass(Duration.ofMillis(200));
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
        for (long id = 1_000; id >= 1; id--) {
            grant(id, 10);
            store.turn();
            ambient.pass(Duration.ofNanos(100_000));
        }
        ambient.pass(Duration.ofMillis(9_800), store);
        assertThat(keys()).isEqualTo(1_000);
        ambient.pass(Duration.ofMillis(300));
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
            ambient.pass(Duration.ofSeconds(4), store);
            var _ = store.renewLease(1);
            store.turn();
            store.turn();
        }
        assertThat(store.value(key(1))).isNotNull();
        assertThat(store.value(key(2))).isNull();
    }

    @Test
    void aLeaseHasTheTimeLeftThatItHadBeforeAPause() {
        grant(1, 2);
        store.turn();
        ambient.pass(Duration.ofMillis(500), store);
        ambient.pass(Duration.ofSeconds(5));
        store.turn();
        store.turn();
        assertThat(store.value(key(1))).isNotNull();
        ambient.pass(Duration.ofMillis(900), store);
        assertThat(store.value(key(1)))
                .as("of two seconds, one and a half were left")
                .isNotNull();
        ambient.pass(Duration.ofMillis(700), store);
        assertThat(store.value(key(1))).isNull();
    }

    @Test
    void whoSpokeDuringAPauseIsHeardBeforeAnybodysTimeIsOver() {
        grant(1, 2);
        grant(2, 2);
        store.turn();
        ambient.pass(Duration.ofMillis(1_500), store);
        CompletableFuture<Long> renewed = store.renewLease(1);
        ambient.pass(Duration.ofSeconds(5));
        store.turn();
        store.turn();
        assertThat(renewed).isCompletedWithValue(2L);
        ambient.pass(Duration.ofMillis(1_000), store);
        assertThat(store.value(key(1))).isNotNull();
        assertThat(store.value(key(2))).as("nobody spoke for it").isNull();
    }

    @Test
    void aDiskThatDoesNotAnswerCostsNoLeaseItsTime() {
        grant(1, 2);
        store.turn();
        var _ = store.submit(Operation.Put.of(Octets.of("slow"), Octets.EMPTY));
        for (int i = 0; i < 100; i++) {
            ambient.pass(Duration.ofMillis(100));
            store.turnWithoutCommit();
        }
        store.turn();
        store.turn();
        assertThat(store.value(key(1))).isNotNull();
        ambient.pass(Duration.ofMillis(2_500), store);
        assertThat(store.value(key(1))).isNull();
    }

    @Test
    void aDiskThatIsAlwaysSlowDoesNotKeepTheLeasesOfTheDead() {
        grant(1, 2);
        store.turn();
        for (int i = 0; i < 20; i++) {
            var _ = store.submit(Operation.Put.of(Octets.of("slow"), Octets.EMPTY));
            ambient.pass(Duration.ofSeconds(1));
            store.turn();
        }
        assertThat(store.value(key(1))).isNull();
    }

    @Test
    void aQueueThatIsNeverEmptyDoesNotKeepTheLeasesOfTheDead() {
        grant(1, 2);
        store.turn();
        Octets large = Octets.wrap(new byte[1 << 20]);
        for (int i = 0; i < 12; i++) {
            for (int puts = 0; puts < 5; puts++) {
                var _ = store.submit(Operation.Put.of(Octets.of("large"), large));
            }
            ambient.pass(Duration.ofMillis(400));
            store.turn();
        }
        assertThat(store.value(key(1))).isNull();
    }

    /// Three mebibytes of names, where one frame takes one.
    private MvccStore withOneLeaseOfVeryLongKeys(CrashableDirectory disk) throws IOException {
        MvccStore opened = MvccStore.openStill(disk, ambient, IN_PARTS);
        var _ = opened.grantLease(7, 10);
        for (int i = 0; i < 3_000; i++) {
            Octets key = Octets.of("%05d".formatted(i) + "n".repeat(1_000));
            var _ = opened.submit(new Operation.Put(key, Octets.of("kept"), 7, false, false, false));
            if (i % 100 == 0) opened.turn();
        }
        opened.turn();
        return opened;
    }

    private static long keys(MvccStore of) {
        return of.range(Operation.Range.of(KeyRange.all())).count();
    }

    @Test
    void whatIsTooMuchForOneFrameExpiresInParts() throws IOException {
        // Given
        MvccStore full = withOneLeaseOfVeryLongKeys(new CrashableDirectory());
        long before = full.revision();
        assertThat(keys(full)).isEqualTo(3_000);
        // When
        ambient.pass(Duration.ofMillis(9_900), full);
        ambient.pass(Duration.ofMillis(200));
        for (int i = 0; i < 10; i++) full.turn();
        // Then
        assertThat(keys(full)).isZero();
        assertThat(full.revision()).isEqualTo(before + 3);
        CompletableFuture<List<Long>> leases = full.leases();
        full.turn();
        assertThat(leases.join()).isEmpty();
    }

    @Test
    void whatIsTooMuchForOneFrameIsRevokedInPartsBeforeItIsAnswered() throws IOException {
        // Given
        MvccStore full = withOneLeaseOfVeryLongKeys(new CrashableDirectory());
        long before = full.revision();
        // When
        CompletableFuture<Long> revoked = full.revokeLease(7);
        full.turn();
        // Then
        assertThat(keys(full)).isPositive();
        assertThat(revoked).isNotDone();
        // When
        for (int i = 0; i < 10; i++) full.turn();
        // Then
        assertThat(revoked).isCompletedWithValue(before + 3);
        assertThat(keys(full)).isZero();
    }

    @Test
    void aLeaseThatHasBegunToEndIsNotKept() throws IOException {
        // Given
        CrashableDirectory disk = new CrashableDirectory();
        MvccStore full = withOneLeaseOfVeryLongKeys(disk);
        CompletableFuture<Long> revoked = full.revokeLease(7);
        full.turn();
        assertThat(keys(full)).isPositive();
        // When it is renewed, or the process dies
        CompletableFuture<Long> renewed = full.renewLease(7);
        MvccStore next = MvccStore.openStill(disk.afterPowerCut(new Random(1)), ambient, IN_PARTS);
        for (int i = 0; i < 10; i++) full.turn();
        // Then
        assertThat(renewed).isCompletedWithValue(0L);
        assertThat(revoked).isCompleted();
        assertThat(keys(full)).isZero();
        // When
        assertThat(keys(next)).isBetween(1L, 2_999L);
        for (int i = 0; i < 10; i++) next.turn();
        // Then
        assertThat(keys(next)).isZero();
    }
}
