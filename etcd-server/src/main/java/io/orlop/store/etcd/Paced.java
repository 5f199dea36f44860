package io.orlop.store.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.orlop.store.api.Denial;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Answers of many messages, sent by a thread that may wait: no faster than the client takes them, so that one who
/// reads slowly costs one message of memory.
final class Paced<T> {
    private final ServerCallStreamObserver<T> client;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// To be made before the call's handler returns.
    Paced(ServerCallStreamObserver<T> client) {
        this.client = client;
        client.setOnReadyHandler(this::wake);
        client.setOnCancelHandler(this::wake);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Until the client takes something again: who makes a message only then keeps none for a client that takes none.
    ///
    /// @throws StatusRuntimeException if the client is gone
    void awaitReady() {
        lock.lock();
        try {
            while (!client.isReady() && !client.isCancelled()) changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Denials.status(Denial.STOPPED);
        } finally {
            lock.unlock();
        }
        if (client.isCancelled()) throw Status.CANCELLED.asRuntimeException();
    }

    /// @throws StatusRuntimeException if the client is gone
    void send(T message) {
        awaitReady();
        client.onNext(message);
    }
}
