package io.orlop.store.engine;

/// What the disk has for deletions.
interface DeletionRoom {
    /// As much as anybody wants.
    DeletionRoom UNLIMITED = new DeletionRoom() {
        @Override
        public long bytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void take(long bytes) {}
    };

    /// How much the next one may take; nothing if not positive.
    long bytes();

    /// One is about to take so much.
    void take(long bytes);
}
