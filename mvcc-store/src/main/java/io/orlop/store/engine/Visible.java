package io.orlop.store.engine;

/// What readers may see. The writer moves it forward when the disk has what it covers; that is all the coordination
/// there is between the writer and its readers.
final class Visible {
    private volatile long revision;
    private volatile long compacted;

    Visible(long revision, long compacted) {
        this.revision = revision;
        this.compacted = compacted;
    }

    long revision() {
        return revision;
    }

    /// History before this revision is gone.
    long compacted() {
        return compacted;
    }

    void publish(long newRevision, long newCompacted) {
        assert newRevision >= revision && newCompacted >= compacted : "revisions never go back";
        revision = newRevision;
        compacted = newCompacted;
    }
}
