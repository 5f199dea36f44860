package io.orlop.disk;

import java.io.IOException;

/// Another disk, of which no force of names counts any more after one has failed. What that one should have written
/// counts as written from then on, whoever asked for it: the next force has nothing to do with it and succeeds.
/// ```
///   one thread      rename a ─────► force: fails
///   another              rename b ──────────────► force: succeeds, and says nothing of b
/// ```
public final class UnforgivingDirectory implements ForwardingDirectory {
    private final Directory disk;
    private volatile boolean failed;

    public UnforgivingDirectory(Directory disk) {
        this.disk = disk;
    }

    @Override
    public Directory disk() {
        return disk;
    }

    @Override
    public void forceNames() throws IOException {
        try {
            disk.forceNames();
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        // Looked at afterwards: it may have failed for another while this one was under way.
        if (failed) throw new IOException("the names in " + disk.place() + " could not be made safe before");
    }
}
