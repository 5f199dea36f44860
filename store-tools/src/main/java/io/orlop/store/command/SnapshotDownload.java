package io.orlop.store.command;

import io.grpc.Channel;
import io.orlop.store.backup.Directories;
import io.orlop.store.backup.Restore;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.SnapshotRequest;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;

/// Saves a snapshot that a store sends. The file has its name only when it is whole, checked and safe; and when this
/// returns, the name is safe too: whoever saves a snapshot may delete the original next.
final class SnapshotDownload {
    private SnapshotDownload() {}

    /// @param after 0 for everything
    /// @return the size of the file
    static long save(Channel channel, long after, Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Iterator<SnapshotResponse> messages = MaintenanceGrpc.newBlockingStub(channel)
                .snapshot(SnapshotRequest.newBuilder().setAfterRevision(after).build());
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            while (messages.hasNext()) messages.next().getBlob().writeTo(out);
        }
        Restore.check(unfinished);
        Directories.force(unfinished);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) Directories.force(folder);
        return Files.size(file);
    }
}
