package io.orlop.store.door;

import io.grpc.Attributes;
import org.jspecify.annotations.Nullable;

/// A request that is not gRPC and its answer, whichever version of HTTP they travel by. May be answered by any thread.
public interface Exchange {
    /// In capitals.
    String method();

    /// The path with the query after it.
    String uri();

    @Nullable
    String header(String name);

    /// What came after the header fields. Only until whoever serves the request returns: a request may take long to
    /// answer, and need not be kept meanwhile.
    byte[] body();

    /// The request waits for its turn: its [#body] is not needed any more, but what was made of it is, and counts
    /// like it. Only until whoever serves the request returns.
    ///
    /// @return false if there is no room for it
    boolean keeps(long bytes);

    /// Its turn has come.
    void forgets();

    /// Of the connection, as gRPC has them.
    Attributes attributes();

    /// The whole answer.
    void answer(int status, String contentType, byte[] body);

    /// Begins an answer of many parts with status 200.
    void begin(String contentType);

    void part(byte[] bytes);

    void end();

    /// Whether the client takes what it is sent. Who goes on nevertheless fills the memory.
    boolean ready();

    /// @param action is done each time when the client takes something again
    void whenReady(Runnable action);

    /// @param action is done when the client goes before the answer is whole
    void whenGone(Runnable action);
}
