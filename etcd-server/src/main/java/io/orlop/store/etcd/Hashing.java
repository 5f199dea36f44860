package io.orlop.store.etcd;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Where passwords are hashed and checked. That keeps a processor busy for as long as somebody wanted it to, so no more
/// are at it at a time than leave some for everybody else, and only so many wait: who comes after them would have given
/// up long before it is his turn.
final class Hashing implements AutoCloseable {
    static final int WAITING_MAX = 128;

    private final ThreadPoolExecutor threads;

    Hashing() {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                count,
                count,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("store-passwords-", 0).factory(),
                (_, pool) -> {
                    throw new DeniedException(pool.isShutdown() ? Denial.STOPPED : Denial.TOO_MANY_REQUESTS);
                });
        threads.allowCoreThreadTimeOut(true);
    }

    <T> CompletableFuture<T> ask(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (DeniedException denied) {
            return CompletableFuture.failedFuture(denied);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
