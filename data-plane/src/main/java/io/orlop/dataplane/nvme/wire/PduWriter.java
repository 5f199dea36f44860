package io.orlop.dataplane.nvme.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sends PDUs from many threads over one connection. Whoever finds the line free sends for all who come while it is
/// busy, as many as are waiting with one system call: under load a system call carries many PDUs, without load a
/// PDU waits for nobody and needs no other thread. Letting the other threads run once before the call is what fills
/// it: that halved the cost of a small read.
///
/// When the line breaks, the channel is closed, which the connection's reader notices; what is then sent goes
/// nowhere.
public final class PduWriter {
    private static final int BATCH = 64;
    private static final int HEADERS_BYTES = 8 << 10;
    private static final int HEADER_BYTES_MAX = 128 + 2 * Digests.BYTES;

    private record Outgoing(Pdu pdu, @Nullable ByteBuffer data, @Nullable Runnable sent) {}

    private final GatheringByteChannel channel;
    private final ReentrantLock line = new ReentrantLock();
    private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean broken;

    /// Used only by the one who sends.
    private final List<Outgoing> batch = new ArrayList<>(BATCH);

    private final List<ByteBuffer> pieces = new ArrayList<>(2 * BATCH + 1);
    private final ByteBuffer headers = ByteBuffer.allocateDirect(HEADERS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int pieceStart;
    private volatile Framing framing = Framing.PLAIN;

    public PduWriter(GatheringByteChannel channel) {
        this.channel = channel;
    }

    /// How what is sent from now on is framed.
    public void agree(Framing agreed) {
        framing = agreed;
    }

    public void send(Pdu pdu) {
        send(pdu, null, null);
    }

    public void send(Pdu pdu, @Nullable ByteBuffer data, @Nullable Runnable sent) {
        add(pdu, data, sent);
        flush();
    }

    /// Queues a PDU for the next [#flush], by whomever.
    ///
    /// @param sent runs once the data is no longer needed, whether or not it arrived
    public void add(Pdu pdu, @Nullable ByteBuffer data, @Nullable Runnable sent) {
        boolean lost;
        line.lock();
        try {
            lost = broken;
            if (!lost) waiting.add(new Outgoing(pdu, data, sent));
        } finally {
            line.unlock();
        }
        if (lost && sent != null) sent.run();
    }

    /// Sends what is queued, unless somebody is about it.
    public void flush() {
        line.lock();
        try {
            if (busy || waiting.isEmpty()) return;
            busy = true;
        } finally {
            line.unlock();
        }
        Thread.yield();
        sendWaiting();
    }

    private void sendWaiting() {
        while (takeBatch()) {
            try {
                for (Outgoing outgoing : batch) encode(outgoing);
                closePiece();
                writePieces();
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                breakLine();
            }
            for (Outgoing outgoing : batch) if (outgoing.sent != null) outgoing.sent.run();
            batch.clear();
            pieces.clear();
            headers.clear();
            pieceStart = 0;
        }
    }

    private boolean takeBatch() {
        line.lock();
        try {
            int most = Math.min(BATCH, HEADERS_BYTES / HEADER_BYTES_MAX);
            while (batch.size() < most && waiting.poll() instanceof Outgoing outgoing) batch.add(outgoing);
            busy = !batch.isEmpty();
            return busy;
        } finally {
            line.unlock();
        }
    }

    private void encode(Outgoing outgoing) {
        Pdu pdu = outgoing.pdu;
        PduType type = pdu.type();
        ByteBuffer data = outgoing.data;
        Digests digests = framing.digests();
        boolean headerDigest = digests.header() && type.digested();
        boolean dataDigest = data != null && digests.data() && type.digested();
        int headerLength = type.headerBytes() + (headerDigest ? Digests.BYTES : 0);
        int dataOffset = data == null ? headerLength : framing.dataOffset(type, headerLength);
        int flags = pdu.flags() | (headerDigest ? Pdu.HEADER_DIGEST : 0) | (dataDigest ? Pdu.DATA_DIGEST : 0);
        int length = dataOffset + (data == null ? 0 : data.remaining()) + (dataDigest ? Digests.BYTES : 0);
        int start = headers.position();
        headers.put((byte) type.code()).put((byte) flags).put((byte) type.headerBytes());
        headers.put((byte) (data == null || type.terminates() ? 0 : dataOffset)).putInt(length);
        pdu.put(headers);
        zeroUntil(start + type.headerBytes());
        if (headerDigest) headers.putInt(Digests.of(headers.slice(start, type.headerBytes())));
        if (data == null) return;
        zeroUntil(start + dataOffset);
        int digest = dataDigest ? Digests.of(data) : 0;
        closePiece();
        pieces.add(data);
        if (dataDigest) headers.putInt(digest);
    }

    private void zeroUntil(int end) {
        while (headers.position() < end) headers.put((byte) 0);
    }

    /// Headers that follow each other without data between them are one piece.
    private void closePiece() {
        int end = headers.position();
        if (end > pieceStart) pieces.add(headers.slice(pieceStart, end - pieceStart));
        pieceStart = end;
    }

    private void writePieces() throws IOException {
        ByteBuffer[] all = pieces.toArray(new ByteBuffer[0]);
        int first = 0;
        while (first < all.length) {
            channel.write(all, first, all.length - first);
            while (first < all.length && !all[first].hasRemaining()) first++;
        }
    }

    private void breakLine() {
        line.lock();
        try {
            broken = true;
            batch.addAll(waiting);
            waiting.clear();
        } finally {
            line.unlock();
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // Closed is closed.
        }
    }
}
