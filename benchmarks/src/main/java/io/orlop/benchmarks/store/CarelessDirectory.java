package io.orlop.benchmarks.store;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.ForwardingDirectory;
import io.orlop.disk.ForwardingFile;
import java.io.IOException;

/// A disk that says that all is safe and does nothing for it: what is left is the cost of the store itself.
record CarelessDirectory(Directory disk) implements ForwardingDirectory {
    private record CarelessFile(DiskFile file) implements ForwardingFile {
        @Override
        public void force() {}
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new CarelessFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new CarelessFile(disk.open(name));
    }

    @Override
    public void forceNames() {}
}
