package io.orlop.store.door;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answers of calls that end well with one message, which are nearly all. Their three frames are written as one
/// piece, those of many calls one behind the other. The header fields are always the same: literals, which leave the
/// table of HPACK as it is, and are encoded beforehand.
///
/// ```
///   │ HEADERS │ :status 200, content-type │ DATA │ 0 │ length │ message │ HEADERS, END_STREAM │ grpc-status 0 │
///        9                20                 9     1     4         …               9                 15
/// ```
/// What does not fit into the client's window goes the codec's way, which has queues for it.
///
/// Belongs to the connection's thread.
final class WholeAnswers {
    private static final int DATA_HEAD_BYTES = 9;
    private static final int MESSAGE_HEAD_BYTES = 5;
    private static final int STREAM_ID_AT = 5;
    /// The largest frame that everybody takes.
    private static final int FRAME_BYTES_MAX = 1 << 14;
    private static final int WHOLE_BYTES_MAX = 3 * FRAME_BYTES_MAX;
    /// What is gathered before the channel sees it, who knows when there is too much.
    private static final int GATHERED_BYTES_MAX = 1 << 16;

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    // :status 200 is number 8 of the static table, content-type number 31; 0 begins a name that is in no table.
    private static final byte[] BEGINNING =
            headers(END_HEADERS, new byte[] {(byte) 0x88, 0x0f, 31 - 15}, text("application/grpc"));
    private static final byte[] FINE =
            headers(END_HEADERS | END_STREAM, new byte[] {0}, text("grpc-status"), text("0"));

    private final GrpcConnection connection;
    private @Nullable ByteBuf gathered;

    WholeAnswers(GrpcConnection connection) {
        this.connection = connection;
    }

    private static byte[] text(String text) {
        byte[] bytes = new byte[text.length() + 1];
        bytes[0] = (byte) text.length();
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, bytes, 1, text.length());
        return bytes;
    }

    /// A frame of header fields, of stream 0.
    private static byte[] headers(int flags, byte[]... fields) {
        int length = 0;
        for (byte[] field : fields) length += field.length;
        ByteBuffer frame = ByteBuffer.allocate(9 + length);
        frame.putInt(length << 8 | 1).put((byte) flags).putInt(0);
        for (byte[] field : fields) frame.put(field);
        return frame.array();
    }

    /// Takes an answer, to be flushed soon.
    ///
    /// @param parts what continues the message
    /// @return false if it cannot go out at once
    boolean take(Http2Stream stream, MessageLite answer, List<ByteBuffer> parts) {
        int ownSize = answer.getSerializedSize();
        int size = ownSize;
        for (ByteBuffer part : parts) size += part.remaining();
        int bytes = MESSAGE_HEAD_BYTES + size;
        ChannelHandlerContext ctx = connection.context();
        if (stream.state() != Http2Stream.State.HALF_CLOSED_REMOTE) return false;
        if (MESSAGE_HEAD_BYTES + ownSize > FRAME_BYTES_MAX || !fits(ctx, stream, bytes)) return false;
        int frames = Math.ceilDiv(bytes, FRAME_BYTES_MAX);
        ByteBuf out = room(ctx, BEGINNING.length + frames * DATA_HEAD_BYTES + bytes + FINE.length);
        int at = out.writerIndex();
        try {
            writeHeaders(out, BEGINNING, stream.id());
            writeDataHead(out, Math.min(bytes, FRAME_BYTES_MAX), stream.id());
            out.writeByte(0).writeInt(size);
            write(out, answer, ownSize);
            writeParts(out, parts, MESSAGE_HEAD_BYTES + ownSize, bytes, stream.id());
            writeHeaders(out, FINE, stream.id());
        } catch (RuntimeException | Error e) {
            // Half of it would be taken for the beginning of the next.
            out.writerIndex(at);
            throw e;
        }
        takeOfWindow(bytes);
        stream.headersSent(false);
        connection.closeStreamLocal(stream, sent(ctx));
        return true;
    }

    /// @param at how many bytes of frames there are already
    /// @param bytes of all frames
    private static void writeParts(ByteBuf out, List<ByteBuffer> parts, int at, int bytes, int stream) {
        for (ByteBuffer part : parts) {
            ByteBuffer some = part.duplicate();
            while (some.position() < part.limit()) {
                if (at % FRAME_BYTES_MAX == 0) writeDataHead(out, Math.min(bytes - at, FRAME_BYTES_MAX), stream);
                int fitting = Math.min(FRAME_BYTES_MAX - at % FRAME_BYTES_MAX, part.limit() - some.position());
                out.writeBytes(some.limit(some.position() + fitting));
                at += fitting;
            }
        }
    }

    private boolean fits(ChannelHandlerContext ctx, Http2Stream stream, int bytes) {
        if (bytes > WHOLE_BYTES_MAX || !ctx.channel().isWritable()) return false;
        Http2RemoteFlowController flow = connection.encoder().flowController();
        Http2Stream whole = connection.connection().connectionStream();
        return flow.windowSize(stream) >= bytes && flow.windowSize(whole) >= bytes;
    }

    private void takeOfWindow(int bytes) {
        try {
            // The stream's own window ends with the stream.
            connection
                    .encoder()
                    .flowController()
                    .incrementWindowSize(connection.connection().connectionStream(), -bytes);
        } catch (Http2Exception e) {
            throw new IllegalStateException("a window cannot shrink", e);
        }
    }

    private ByteBuf room(ChannelHandlerContext ctx, int bytes) {
        ByteBuf out = gathered;
        if (out != null && out.readableBytes() + bytes > GATHERED_BYTES_MAX) {
            show(ctx);
            out = null;
        }
        if (out == null) {
            out = ctx.alloc().directBuffer(Math.max(bytes, 1 << 12), GATHERED_BYTES_MAX);
            gathered = out;
        }
        out.ensureWritable(bytes);
        return out;
    }

    private static void writeDataHead(ByteBuf out, int bytes, int stream) {
        out.writeInt(bytes << 8).writeByte(0).writeInt(stream);
    }

    private static void writeHeaders(ByteBuf out, byte[] frame, int stream) {
        int at = out.writerIndex();
        out.writeBytes(frame).setInt(at + STREAM_ID_AT, stream);
    }

    /// @param size of the message, for which there is room
    static void write(ByteBuf out, MessageLite message, int size) {
        int at = out.writerIndex();
        try {
            message.writeTo(CodedOutputStream.newInstance(out.internalNioBuffer(at, size)));
        } catch (IOException e) {
            throw new UncheckedIOException("a message is larger than it said", e);
        }
        out.writerIndex(at + size);
    }

    /// Only who hangs up after the last answer needs to know when that is out.
    private ChannelFuture sent(ChannelHandlerContext ctx) {
        return connection.saidGoodbye() ? show(ctx) : ctx.newSucceededFuture();
    }

    /// Gives the channel what was gathered.
    ChannelFuture show(ChannelHandlerContext ctx) {
        ByteBuf out = gathered;
        gathered = null;
        return out == null ? ctx.newSucceededFuture() : ctx.write(out);
    }

    void release() {
        ByteBuf out = gathered;
        gathered = null;
        if (out != null) out.release();
    }
}
