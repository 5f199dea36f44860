package io.orlop.store.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the first bytes of a connection, which tell the protocol, and leaves.
final class Greeting extends ByteToMessageDecoder {
    private static final byte[] HTTP_2 = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

    private static final int LINE_BYTES_MAX = 16 << 10;
    private static final int HEADERS_BYTES_MAX = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 8 << 10;

    private final Served served;
    private final DoorOptions options;
    private final Lane lane;
    private final Room room;
    private final Guest guest;

    Greeting(Served served, DoorOptions options, Lane lane, Room room, Guest guest) {
        this.guest = guest;
        this.room = room;
        this.served = served;
        this.options = options;
        this.lane = lane;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        for (int i = 0; i < HTTP_2.length; i++) {
            if (i == in.readableBytes()) return;
            if (in.getByte(in.readerIndex() + i) != HTTP_2[i]) {
                speakHttp1(ctx);
                return;
            }
        }
        ctx.pipeline().replace(this, null, new GrpcConnection.Builder(served, options, lane, room, guest).build());
    }

    private void speakHttp1(ChannelHandlerContext ctx) {
        Halves halves = new Halves(room.halves());
        ctx.pipeline()
                .addLast(new HttpServerCodec(LINE_BYTES_MAX, HEADERS_BYTES_MAX, CHUNK_BYTES_MAX))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new Http1Guest(guest))
                .addLast(new Bodies(served.bodyBytesMax(), halves))
                .addLast(new Http1Connection(served.pages(), halves, room.unsent(), new Debts(options.patience())));
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A handshake that failed, a connection that broke: the client's affair.
        ctx.close();
    }
}
