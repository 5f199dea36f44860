package io.orlop.store.command;

import io.grpc.Channel;
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

/// Saves a snapshot that a store sends. The file has its name only when it is whole and checked.
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
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        return Files.size(file);
    }
}
