package io.orlop.wire.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How fast a reader takes what it is sent. What is sent faster would wait in memory, without a bound.
final class Pace {
    private final ServerCallStreamObserver<?> reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ready = lock.newCondition();

    /// To be made before the call's handler returns.
    Pace(ServerCallStreamObserver<?> reader) {
        this.reader = reader;
        reader.setOnReadyHandler(this::wake);
    }

    private void wake() {
        lock.lock();
        try {
            ready.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the reader takes more. Whoever waits is interrupted when the reader leaves.
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!reader.isReady()) ready.await();
        } finally {
            lock.unlock();
        }
    }
}
