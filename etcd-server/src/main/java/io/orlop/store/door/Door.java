package io.orlop.store.door;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.orlop.store.notice.Notices;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// The door: listens, and serves gRPC over HTTP/2 and everything else over HTTP/2 or HTTP/1.1 on the same port.
///
/// ```
///   socket ─► [ TLS ] ─► Greeting ─┬─ "PRI * HTTP/2.0" ─► GrpcConnection ─┬─ application/grpc ─► GrpcCall ─► services
///                                  │                                      └─ else ─► Http2Exchange ─┐
///                                  └─ else ─► HTTP/1.1 codec ─► Http1Connection ────────────────────┴─► pages
/// ```
/// The services are grpc-java's, as for its own transports, and run on the door's threads: they must not block.
public final class Door implements AutoCloseable {
    /// One may wait for the disk while the others serve.
    private static final int LOOPS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private static final long FAREWELL_MS = 2_000;
    private static final long LOOK_MS = 1_000;

    private static final Notices NOTICES = new Notices(
            System.getLogger(Door.class.getName()), Thread.ofPlatform().daemon().factory());

    private final MultiThreadIoEventLoopGroup accepting;
    private final MultiThreadIoEventLoopGroup loops;
    private final Lanes lanes = new Lanes();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> listening = new ArrayList<>();
    private final Room room;
    private final Crowded crowded = new Crowded(System::nanoTime, NOTICES::warn);
    private final Guests guests;
    private final Served served;
    private final DoorOptions options;

    private Door(Served served, DoorOptions options) {
        this.served = served;
        this.options = options;
        this.room = new Room(options.memoryBytes(), Room.Files.ofThisProcess().forConnections(options.share()));
        this.guests = new Guests(room, options.patience(), System::nanoTime, crowded);
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        accepting = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("store-listens", true), io);
        Executor threads = new ThreadPerTaskExecutor(new DefaultThreadFactory("store-door", true));
        loops = new MultiThreadIoEventLoopGroup(LOOPS, threads, lanes, io);
        accepting.scheduleAtFixedRate(guests::sendAwayOverdue, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /// Asked by a service: whether the thread it runs on has nothing else to do than the call it serves, so that it may
    /// wait for the disk. If so, it must [#comeBack].
    public static boolean leave() {
        GrpcConnection reading = GrpcConnection.READING.getIfExists();
        return reading != null && reading.leave();
    }

    public static void comeBack() {
        GrpcConnection reading = GrpcConnection.READING.getIfExists();
        if (reading != null) reading.comeBack();
    }

    /// @param listen where, and whether with TLS
    public static Door open(List<Listen> listen, Served served, DoorOptions options) throws IOException {
        Door door = new Door(served, options);
        try {
            for (Listen one : listen) door.listen(one);
            return door;
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
    }

    /// @param secure whether with TLS
    public record Listen(InetSocketAddress address, boolean secure) {}

    private void listen(Listen one) throws IOException {
        Tls tls = options.tls();
        if (one.secure() && tls == null) throw new IOException("no certificate for " + one.address());
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(accepting, loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 18, 1 << 19))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        Lane lane = lanes.of(channel.eventLoop());
                        channel.closeFuture().addListener(_ -> lane.exit());
                        Guest guest = guests.enters(channel);
                        if (guest == null) {
                            channel.close();
                            return;
                        }
                        if (one.secure() && tls != null) tls.secure(channel);
                        channel.pipeline().addLast(new Greeting(served, options, lane, room, guest));
                    }
                });
        var bound = bootstrap.bind(one.address()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + one.address() + ": " + bound.cause().getMessage());
        }
        // Behind the one that takes connections, which has paused when it hears this.
        bound.channel().pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable why) {
                crowded.tell(why);
            }
        });
        listening.add(bound.channel());
    }

    /// The ports, in the order of the addresses.
    public List<Integer> ports() {
        return listening.stream()
                .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
                .toList();
    }

    /// Says goodbye: takes no more calls, ends streams, lets single calls finish for a moment.
    @Override
    public void close() {
        for (Channel channel : listening) channel.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly(FAREWELL_MS, TimeUnit.MILLISECONDS);
        accepting.shutdownGracefully(0, FAREWELL_MS, TimeUnit.MILLISECONDS);
        loops.shutdownGracefully(0, FAREWELL_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
