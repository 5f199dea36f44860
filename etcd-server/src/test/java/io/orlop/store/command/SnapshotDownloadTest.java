package io.orlop.store.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.orlop.store.bolt.BoltWriter;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.SnapshotRequest;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes from a store is its owner's, and there is nothing beside it.
class SnapshotDownloadTest {
    @TempDir
    Path directory;

    private byte[] database = new byte[0];
    private boolean breaks;
    private Server server;
    private ManagedChannel channel;

    /// Sends a database, in two parts of which the second may not come.
    private final class Sending extends MaintenanceGrpc.MaintenanceImplBase {
        @Override
        public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> client) {
            int half = database.length / 2;
            client.onNext(blob(0, half));
            if (breaks) {
                client.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            client.onNext(blob(half, database.length));
            client.onCompleted();
        }

        private SnapshotResponse blob(int from, int to) {
            return SnapshotResponse.newBuilder()
                    .setBlob(ByteString.copyFrom(database, from, to - from))
                    .build();
        }
    }

    @BeforeEach
    void start() throws IOException {
        BoltWriter.Extent extent = write(OutputStream.nullOutputStream(), BoltWriter.Extent.UNKNOWN);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        write(bytes, extent);
        database = bytes.toByteArray();
        String name = directory.toString();
        server = InProcessServerBuilder.forName(name)
                .addService(new Sending())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    private static BoltWriter.Extent write(OutputStream out, BoltWriter.Extent extent) throws IOException {
        BoltWriter writer = new BoltWriter(out, extent);
        for (String bucket : new String[] {"key", "meta"}) writer.bucket(bucket);
        return writer.finish();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void aSnapshotIsForItsOwner() throws IOException {
        Path file = directory.resolve("snapshot");
        // As somebody's umask once let it be.
        Path left = Files.writeString(directory.resolve("snapshot.part"), "half of it");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-r--r--"));
        SnapshotDownload.save(channel, 0, file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aDownloadThatBreaksLeavesNothing() {
        breaks = true;
        assertThatThrownBy(() -> SnapshotDownload.save(channel, 0, directory.resolve("snapshot")))
                .isInstanceOf(StatusRuntimeException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDownloadThatIsNotWholeLeavesNothing() {
        database = new byte[1_000];
        assertThatThrownBy(() -> SnapshotDownload.save(channel, 0, directory.resolve("snapshot")))
                .isInstanceOf(IOException.class);
        assertThat(directory).isEmptyDirectory();
    }
}
