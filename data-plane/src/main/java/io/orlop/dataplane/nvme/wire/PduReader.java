package io.orlop.dataplane.nvme.wire;

import io.orlop.dataplane.nvme.wire.ProtocolException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/// Cuts a byte stream into PDUs. One system call brings as many small PDUs as have arrived; the data of a large one
/// goes from the socket into its destination without a stop here. Every length is checked before it is believed.
///
/// Of its own it has a little buffer. While that is too little for what arrives at once, it borrows a large one.
public final class PduReader {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int OWN_BYTES = 4 << 10;
    private static final int PADDING_MAX = 128;
    /// Behind large data more of it is likely: then little is read ahead, so that little is copied.
    private static final int LARGE_BYTES = 32 << 10;

    private static final int LITTLE_BYTES = 4 << 10;

    private final ReadableByteChannel channel;
    private final ReadBuffers buffers;
    private final ByteBuffer own = empty(OWN_BYTES);
    private ByteBuffer buffer = own;
    private int lastRead;
    private Digests digests = Digests.NONE;
    private int dataMax;
    private int readAhead = BUFFER_BYTES;
    private int dataLength;
    private boolean dataDigested;
    private ByteBuffer header = ByteBuffer.allocate(0);

    public PduReader(ReadableByteChannel channel, int dataMax, ReadBuffers buffers) {
        this.channel = channel;
        this.dataMax = dataMax;
        this.buffers = buffers;
    }

    public void agree(Digests agreed, int dataMaximum) {
        digests = agreed;
        dataMax = dataMaximum;
    }

    /// The next header, or nothing when the stream ends between two PDUs. Data of the previous PDU that nobody
    /// wanted is skipped.
    @Nullable
    public Pdu next() throws IOException {
        skipData();
        if (!buffer.hasRemaining() && !more(0)) return null;
        need(Pdu.COMMON_BYTES);
        int start = buffer.position();
        PduType type = PduType.of(buffer.get(start) & 0xFF);
        int length = buffer.getInt(start + 4);
        keepHeader(start, Pdu.COMMON_BYTES);
        if (type == null) throw refuse(0, "type 0x%02x is unknown".formatted(buffer.get(start)));
        if ((buffer.get(start + 2) & 0xFF) != type.headerBytes()) throw refuse(2, "the header's length is wrong");
        boolean headerDigested = digests.header() && type.digested();
        int headerLength = type.headerBytes() + (headerDigested ? Digests.BYTES : 0);
        if (length < headerLength) throw refuse(4, "%d bytes are too few for %s".formatted(length, type));
        int padding = frame(start, type, headerLength, length);
        need(headerLength);
        start = buffer.position();
        keepHeader(start, type.headerBytes());
        if (headerDigested) checkHeader(start, type);
        Pdu pdu = Pdu.at(buffer, start, type);
        buffer.position(start + headerLength);
        skip(padding);
        return pdu;
    }

    /// How many bytes of data came with the PDU that [#next] returned.
    public int dataLength() {
        return dataLength;
    }

    /// Moves the PDU's data into the buffer.
    ///
    /// @return whether it arrived as it was sent
    public boolean readData(ByteBuffer into) throws IOException {
        if (dataLength == 0) return true;
        ByteBuffer part = into.slice(into.position(), dataLength);
        readAhead = dataLength >= LARGE_BYTES ? LITTLE_BYTES : BUFFER_BYTES;
        int buffered = Math.min(dataLength, buffer.remaining());
        part.put(0, buffer, buffer.position(), buffered).position(buffered);
        buffer.position(buffer.position() + buffered);
        while (part.hasRemaining()) {
            if (channel.read(part) < 0) throw new EOFException("the stream ended inside a PDU's data");
        }
        into.position(into.position() + dataLength);
        dataLength = 0;
        if (!dataDigested) return true;
        dataDigested = false;
        need(Digests.BYTES);
        return buffer.getInt() == Digests.of(part.flip());
    }

    /// The bytes of the last header, for the complaint about it.
    public ByteBuffer header() {
        return header.rewind();
    }

    private int frame(int start, PduType type, int headerLength, int length) throws ProtocolException {
        if (length == headerLength) {
            dataLength = 0;
            dataDigested = false;
            return 0;
        }
        if (!type.carriesData()) throw refuse(4, "%d bytes are too many for %s".formatted(length, type));
        int dataOffset = type.terminates() ? headerLength : buffer.get(start + 3) & 0xFF;
        dataDigested = digests.data() && type.digested();
        dataLength = length - dataOffset - (dataDigested ? Digests.BYTES : 0);
        if (dataOffset < headerLength || dataOffset > headerLength + PADDING_MAX || dataLength <= 0) {
            throw refuse(3, "data at %d of %d bytes does not fit %s".formatted(dataOffset, length, type));
        }
        // All that we ever ask for.
        if (dataOffset % 4 != 0) throw refuse(3, "data at %d is not aligned".formatted(dataOffset));
        if (dataLength > dataMax) throw refuse(4, "%d bytes of data exceed %d".formatted(dataLength, dataMax));
        return dataOffset - headerLength;
    }

    private void checkHeader(int start, PduType type) throws ProtocolException {
        ByteBuffer covered = buffer.slice(start, type.headerBytes());
        if (buffer.getInt(start + type.headerBytes()) != Digests.of(covered)) {
            throw new ProtocolException(Reason.HEADER_DIGEST_ERROR, 0, "a header arrived damaged");
        }
    }

    private void keepHeader(int start, int length) {
        if (header.capacity() < length) header = ByteBuffer.allocate(128);
        header.clear().put(0, buffer, start, length).limit(length);
    }

    private void skipData() throws IOException {
        int rest = dataLength + (dataDigested ? Digests.BYTES : 0);
        dataLength = 0;
        dataDigested = false;
        skip(rest);
    }

    private void skip(int bytes) throws IOException {
        int rest = bytes;
        while (rest > 0) {
            need(1);
            int step = Math.min(rest, buffer.remaining());
            buffer.position(buffer.position() + step);
            rest -= step;
        }
    }

    private void need(int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            if (!more(bytes)) throw new EOFException("the stream ended inside a PDU");
        }
    }

    private static ByteBuffer empty(int capacity) {
        return ByteBuffer.allocateDirect(capacity)
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    /// Gives back what is borrowed. Nothing can be read any more.
    public void close() {
        if (buffer != own) buffers.give(buffer);
        buffer = own.position(0).limit(0);
    }

    private boolean more(int wanted) throws IOException {
        fitBuffer();
        if (!buffer.hasRemaining()) buffer.position(0).limit(0);
        else if (buffer.position() + wanted > buffer.capacity())
            buffer.compact().flip();
        int start = buffer.position();
        int end = buffer.limit();
        buffer.limit(Math.min(buffer.capacity(), end + readAhead)).position(end);
        lastRead = channel.read(buffer);
        buffer.limit(buffer.position()).position(start);
        return lastRead >= 0;
    }

    /// A read that filled our own buffer says that more is there; one that would have fitted, that it need not be
    /// large.
    private void fitBuffer() {
        if (buffer == own) {
            if (lastRead < OWN_BYTES || readAhead < BUFFER_BYTES) return;
            ByteBuffer large = buffers.take(BUFFER_BYTES);
            if (large != null) move(large.order(ByteOrder.LITTLE_ENDIAN));
        } else if (lastRead < OWN_BYTES && buffer.remaining() < OWN_BYTES) {
            ByteBuffer large = buffer;
            move(own);
            buffers.give(large);
        }
    }

    private void move(ByteBuffer to) {
        to.clear().limit(buffer.remaining()).put(0, buffer, buffer.position(), buffer.remaining());
        buffer = to;
    }

    private static ProtocolException refuse(int offset, String message) {
        return new ProtocolException(Reason.INVALID_HEADER_FIELD, offset, message);
    }
}
