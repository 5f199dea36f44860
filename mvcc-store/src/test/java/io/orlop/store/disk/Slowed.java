package io.orlop.store.disk;

import java.io.IOException;

/// A file that does something whenever it is forced.
public record Slowed(DiskFile file, Runnable whenForced) implements ForwardingFile {
    @Override
    public void force() throws IOException {
        whenForced.run();
        file.force();
    }
}
