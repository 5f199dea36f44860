package io.orlop.csi;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The CSI controller on a Unix socket in a process that is more than that; [CsiDriverApplication] is it alone.
public final class CsiServer implements AutoCloseable {
    private static final long GRACE_SECONDS = 5;

    private final CsiSocket socket;
    private final EventLoopGroup loops;
    private final ExecutorService executor;
    private final Server server;

    private CsiServer(CsiSocket socket, EventLoopGroup loops, ExecutorService executor, Server server) {
        this.socket = socket;
        this.loops = loops;
        this.executor = executor;
        this.server = server;
    }

    /// @throws IllegalStateException if the path is taken
    public static CsiServer start(Path path, Volumes volumes, Pools pools, Registry registry) throws IOException {
        CsiSocket socket = CsiSocket.claim(path);
        var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Server server = NettyServerBuilder.forAddress(
                            new DomainSocketAddress(path.toAbsolutePath().toFile()))
                    .channelType(EpollServerDomainSocketChannel.class)
                    .bossEventLoopGroup(loops)
                    .workerEventLoopGroup(loops)
                    .executor(executor)
                    .permitKeepAliveTime(10, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .intercept(new CallLog())
                    .addService(new IdentityService())
                    .addService(new ControllerService(new CsiController(volumes, pools, registry)))
                    .build()
                    .start();
            socket.restrict();
            return new CsiServer(socket, loops, executor, server);
        } catch (IOException | RuntimeException failed) {
            end(loops, executor);
            socket.close();
            throw failed;
        }
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        end(loops, executor);
        socket.close();
    }

    private static void end(EventLoopGroup loops, ExecutorService executor) {
        executor.shutdownNow();
        loops.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
    }
}
