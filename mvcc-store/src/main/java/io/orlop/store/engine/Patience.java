package io.orlop.store.engine;

/// Whether a calling thread may do the writer's work itself, which means to wait for the disk. Two threads need not be
/// woken then, the writer's and the caller's.
public interface Patience {
    /// For those who have others to serve.
    Patience NONE = new Patience() {
        @Override
        public boolean begin() {
            return false;
        }

        @Override
        public void end() {}
    };

    /// Whether nobody needs this thread. If so, nobody will before [#end].
    boolean begin();

    void end();
}
