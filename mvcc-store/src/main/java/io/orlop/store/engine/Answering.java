package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.engine.Group.Answer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The last part of a group commit, beside the sync of the next group: callers hear that theirs is safe. To wake a
/// hundred of them takes as long as the disk takes for what they ask next.
/// ```
///   committing   sync 1 │ sync 2   │ sync 3   │ …
///   answering           │ answer 1 │ answer 2 │ …
/// ```
/// Without a thread of its own, and of few answers, whoever has them gives them.
final class Answering {
    /// Waking another thread costs more than to answer so few.
    private static final int HANDED_OVER_MIN = 16;

    private final Signal arrived;
    private final Queue<List<Answer>> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean busy;
    private volatile boolean hasThread;
    private volatile boolean closed;

    Answering(Ambient ambient) {
        this.arrived = ambient.signal();
    }

    static boolean areFew(List<Answer> answers) {
        return answers.size() < HANDED_OVER_MIN;
    }

    /// Sees to it that these are given, soon and after those before them.
    void give(List<Answer> answers) {
        if (areFew(answers) && !busy && waiting.isEmpty()) {
            giveAll(answers);
            return;
        }
        waiting.add(answers);
        arrived.raise();
        // The thread may have ended between our look at it and the queue.
        if (!hasThread) turn();
    }

    private static void giveAll(List<Answer> answers) {
        for (Answer answer : answers) answer.give().run();
    }

    private void turn() {
        List<Answer> answers;
        while ((answers = waiting.poll()) != null) {
            busy = true;
            giveAll(answers);
        }
        busy = false;
    }

    void run() {
        hasThread = true;
        try {
            while (!closed) {
                turn();
                arrived.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hasThread = false;
            turn();
        }
    }

    void close() {
        closed = true;
        arrived.raise();
    }
}
