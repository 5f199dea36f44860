package io.orlop.scheduler;

import io.orlop.model.ambient.Ambient;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Does the same for several at once, each on a thread of its own, and waits for all.
final class Together {
    private Together() {}

    /// What the work throws is thrown once all have ended.
    static <T, K extends Comparable<K>, R> Map<K, R> all(
            Ambient ambient, Collection<T> each, Function<T, K> key, Function<T, R> work) {
        var results = new TreeMap<K, R>();
        if (each.size() == 1) {
            T only = each.iterator().next();
            results.put(key.apply(only), work.apply(only));
            return results;
        }
        var running = new TreeMap<K, Future<R>>();
        try (var threads = ambient.threadPerTask()) {
            for (T one : each) running.put(key.apply(one), threads.submit(() -> work.apply(one)));
        }
        running.forEach((id, ended) -> results.put(id, result(ended)));
        return results;
    }

    private static <R> R result(Future<R> ended) {
        try {
            return ended.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException thrown) throw thrown;
            throw new CompletionException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CompletionException(interrupted);
        }
    }
}
