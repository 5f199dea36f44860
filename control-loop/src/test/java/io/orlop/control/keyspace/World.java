package io.orlop.control.keyspace;

/// A store and one client of it, with what may happen between them.
interface World extends AutoCloseable {
    Keyspace client();

    /// Cuts the client off, open streams included.
    void cut();

    void mend();

    /// Makes the store forget its history before this revision.
    void compact(long revision) throws Exception;

    @Override
    void close();
}
