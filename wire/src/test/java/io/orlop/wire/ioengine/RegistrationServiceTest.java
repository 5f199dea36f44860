package io.orlop.wire.ioengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.service.Registration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Registration with one thread for all of the network, which calls the service itself.
@Timeout(60)
class RegistrationServiceTest implements Registration {
    private static final NodeRegistration KNOWN = node("known");
    private static final NodeRegistration SLOW = node("slow");
    private static final NodeRegistration NEW = node("new");

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Server server;
    private ManagedChannel channel;
    private GrpcRegistration registration;

    private static NodeRegistration node(String name) {
        return new NodeRegistration(new NodeId(name), name + ":10124", "1", "nqn:" + name, "1.0");
    }

    @Override
    public void register(NodeRegistration node) {
        if (node.equals(SLOW)) {
            begun.countDown();
            try {
                slow.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        told.add("register " + node.id());
    }

    @Override
    public boolean stillHere(NodeRegistration node) {
        if (!node.equals(KNOWN)) return false;
        told.add("still here " + node.id());
        return true;
    }

    @Override
    public void deregister(NodeId node) {
        throw new Refusal.NotFound("there is no node " + node, "register").exception();
    }

    @BeforeEach
    void serve() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .bossEventLoopGroup(network)
                .workerEventLoopGroup(network)
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                .addService(new RegistrationService(this))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        registration = new GrpcRegistration(channel);
    }

    @AfterEach
    void close() throws InterruptedException {
        slow.countDown();
        channel.shutdownNow();
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        network.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void answersAtOnceWhatSaysNothingNewAndRegistersTheRest() {
        registration.register(KNOWN);
        registration.register(NEW);
        assertThat(told).containsExactly("still here known", "register new");
    }

    @Test
    void aRegistrationThatTakesLongHoldsUpNobodyElse() throws InterruptedException {
        Thread waiting = Thread.startVirtualThread(() -> registration.register(SLOW));
        begun.await();
        registration.register(KNOWN);
        registration.register(NEW);
        assertThat(told).containsExactly("still here known", "register new");
        slow.countDown();
        waiting.join();
        assertThat(told).contains("register slow");
    }

    @Test
    void aRefusalIsSaidAsItIs() {
        assertThat(refusal(() -> registration.deregister(new NodeId("gone")))).isInstanceOf(Refusal.NotFound.class);
    }

    private static Refusal refusal(Runnable call) {
        try {
            call.run();
        } catch (RefusalException refused) {
            return refused.refusal();
        }
        throw new AssertionError("it was not refused");
    }
}
