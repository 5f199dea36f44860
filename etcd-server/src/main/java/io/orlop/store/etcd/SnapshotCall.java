package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.orlop.store.backup.Snapshot;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Sends a snapshot: messages of up to 32 KiB that say how much is still to come, then one with the SHA-256 of it all.
final class SnapshotCall extends OutputStream {
    private static final int MESSAGE_BYTES = 32 * 1024;

    private final Paced<SnapshotResponse> client;
    private final ResponseHeader header;
    private final MessageDigest digest = sha256();
    private byte[] message = new byte[MESSAGE_BYTES];
    private int filled;
    private long remaining;

    SnapshotCall(Paced<SnapshotResponse> client, ResponseHeader header, long size) {
        this.client = client;
        this.header = header;
        this.remaining = size;
    }

    void send(Snapshot snapshot) throws IOException {
        snapshot.writeTo(this);
        flush();
        if (remaining != 0) throw new IOException("the snapshot is " + remaining + " bytes short");
        send(UnsafeByteOperations.unsafeWrap(digest.digest()));
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] some, int from, int count) {
        int at = from;
        while (at < from + count) {
            int fits = Math.min(MESSAGE_BYTES - filled, from + count - at);
            System.arraycopy(some, at, message, filled, fits);
            filled += fits;
            at += fits;
            if (filled == MESSAGE_BYTES) flush();
        }
    }

    @Override
    public void flush() {
        if (filled == 0) return;
        digest.update(message, 0, filled);
        remaining -= filled;
        send(UnsafeByteOperations.unsafeWrap(message, 0, filled));
        // The message may still wait to be sent: the next one needs an array of its own.
        message = new byte[MESSAGE_BYTES];
        filled = 0;
    }

    private void send(ByteString blob) {
        client.send(SnapshotResponse.newBuilder()
                .setHeader(header)
                .setRemainingBytes(remaining)
                .setBlob(blob)
                .setVersion(MaintenanceService.STORAGE_VERSION)
                .build());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
