package io.orlop.store.command;

import io.grpc.Channel;
import io.orlop.disk.OwnerOnly;
import io.orlop.disk.Safe;
import io.orlop.store.backup.Restore;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.SnapshotRequest;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;

/// Saves a snapshot that a store sends, for nobody but the owner of the file: everything is in it, hashes of passwords
/// too. It has its name only when it is whole, checked and safe; and when this returns, the name is safe too: whoever
/// saves a snapshot may delete the original next. What is not whole does not stay.
final class SnapshotDownload {
    private SnapshotDownload() {}

    /// @param after 0 for everything
    /// @return the size of the file
    static long save(Channel channel, long after, Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Iterator<SnapshotResponse> messages = MaintenanceGrpc.newBlockingStub(channel)
                .snapshot(SnapshotRequest.newBuilder().setAfterRevision(after).build());
        // Also what an attempt before this one left, to be read by whom it may.
        Files.deleteIfExists(unfinished);
        try {
            try (OutputStream out = Channels.newOutputStream(OwnerOnly.create(unfinished))) {
                while (messages.hasNext()) messages.next().getBlob().writeTo(out);
            }
            Restore.check(unfinished);
            Safe.force(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) Safe.force(folder);
        return Files.size(file);
    }
}
