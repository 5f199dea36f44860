package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Many ask while the writer is busy. None of them takes memory without end.
class WaitingRoomTest {
    private static final StoreOptions OPTIONS = StoreOptions.defaults().cacheBytes(8_000);

    private static MvccStore open(StoreOptions options) throws IOException {
        return MvccStore.openStill(new CrashableDirectory(), new StillAmbient(1), options);
    }

    private static CompletableFuture<?> put(MvccStore store, int key, int bytes) {
        return store.submit(Operation.Put.of(Octets.of("k" + key), Octets.of("x".repeat(bytes))));
    }

    private static @Nullable Denial denial(CompletableFuture<?> answer) {
        if (!answer.isCompletedExceptionally()) return null;
        try {
            MvccStore.await(answer);
            return null;
        } catch (DeniedException denied) {
            return denied.denial();
        }
    }

    @Test
    void fiveThousandWaitAndTheNextIsRefused() throws IOException {
        MvccStore store = open(OPTIONS);
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) waiting.add(put(store, i, 10));
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(denial(put(store, 5_000, 10))).isEqualTo(Denial.TOO_MANY_REQUESTS);
        Operation put = Operation.Put.of(Octets.of("k"), Octets.of("v"));
        assertThat(denial(store.submit(new Operation.Txn(List.of(), List.of(), List.of(put)))))
                .isEqualTo(Denial.TOO_MANY_REQUESTS);
        assertThat(denial(store.grantLease(0, 100))).isEqualTo(Denial.TOO_MANY_REQUESTS);
        store.turn();
        assertThat(waiting).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        CompletableFuture<?> later = put(store, 5_000, 10);
        store.turn();
        assertThat(later).isCompleted();
    }

    /// Those that the disk keeps waiting are what one wants to know of.
    @Test
    void whoHasNoAnswerYetIsPendingInTheQueueAndBeforeTheDisk() throws IOException {
        MvccStore store = open(OPTIONS);
        assertThat(store.pending()).isZero();
        for (int i = 0; i < 3; i++) put(store, i, 10);
        assertThat(store.pending()).as("in the queue").isEqualTo(3);
        store.turnWithoutCommit();
        assertThat(store.pending()).as("on the way to the disk").isEqualTo(3);
        put(store, 3, 10);
        store.turnWithoutCommit();
        put(store, 4, 10);
        assertThat(store.pending()).as("and behind it").isEqualTo(5);
        store.turn();
        store.turn();
        assertThat(store.pending()).isZero();
    }

    @Test
    void largeRequestsAreCountedByTheirBytes() throws IOException {
        MvccStore store = open(OPTIONS.waitingBytes(1 << 20));
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) waiting.add(put(store, i, 100_000));
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(denial(put(store, 10, 100_000))).isEqualTo(Denial.TOO_MANY_REQUESTS);
        store.turn();
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        CompletableFuture<?> alone = put(store, 11, 3 << 20);
        assertThat(denial(alone)).as("alone, anything may wait").isNull();
        store.turn();
        assertThat(alone).isCompleted();
    }

    @Test
    void whatRelievesTheStorePassesWherePutsAreRefused() throws IOException {
        MvccStore store = open(OPTIONS.waitingMax(100));
        CompletableFuture<?> leased = store.grantLease(7, 100);
        store.turn();
        assertThat(leased).isCompleted();
        for (int i = 0; i < 100; i++) put(store, i, 10);
        assertThat(denial(put(store, 1, 10))).isEqualTo(Denial.TOO_MANY_REQUESTS);
        CompletableFuture<?> deleted = store.submit(Operation.Delete.of(KeyRange.all()));
        CompletableFuture<Long> kept = store.renewLease(7);
        CompletableFuture<Long> compacted = store.compact(1, false);
        CompletableFuture<Long> revoked = store.revokeLease(7);
        store.turn();
        store.turn();
        assertThat(deleted).isCompleted();
        assertThat(kept).isCompletedWithValue(100L);
        assertThat(compacted).isCompleted();
        assertThat(revoked).isCompleted();
    }

    @Test
    void alsoWhatRelievesTheStoreHasItsBound() throws IOException {
        MvccStore store = open(OPTIONS.waitingMax(100));
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (int i = 0; i < 300; i++) asked.add(store.renewLease(i));
        assertThat(asked.stream().filter(CompletableFuture::isDone)).hasSize(100);
        assertThat(denial(asked.getLast())).isEqualTo(Denial.TOO_MANY_REQUESTS);
        CompletableFuture<Void> own = store.defragment();
        for (int i = 0; i < 10; i++) store.turn();
        assertThat(own).as("the store's own work comes in").isCompleted();
        assertThat(asked).allMatch(CompletableFuture::isDone);
    }
}
