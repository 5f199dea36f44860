package io.orlop.store.proof;

import io.orlop.store.api.Denial;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.io.IOException;

/// A way to a store for several clients.
interface Entrance extends AutoCloseable {
    Answer ask(Request request);

    /// Connects a watcher. It hears, and can be told to listen, until the entrance is closed.
    Ear watch(WatchRecord record, boolean takesTheirWord);

    /// After this, nobody hears anything from here.
    @Override
    void close() throws IOException;

    interface Ear {
        /// Whether it takes what it is told.
        void listen(boolean now);

        void requestProgress();
    }

    /// Of these, nobody can say whether what was asked for happened.
    static Answer refused(Denial denial) {
        return switch (denial) {
            case READ_ONLY, STOPPED -> new Answer.Unknown();
            default -> new Answer.Refused(denial);
        };
    }
}
