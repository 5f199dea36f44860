package io.orlop.wire.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.rpc.KeepAlive;
import io.orlop.wire.rpc.RpcClient;
import io.orlop.wire.rpc.RpcServer;
import io.orlop.wire.rpc.SilentLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// A peer whose power was cut says nothing any more, not even that it is gone.
class SilentPeersTest {
    public interface News {
        Feed<String> news();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(RpcClientConfiguration.class)
    static class Caller {}

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private Server server;
    private SilentLine line;

    @BeforeEach
    void serve() throws Exception {
        News service = () -> new Feed<>() {
            @Override
            public String next() throws InterruptedException {
                return news.take();
            }

            @Override
            public void close() {}
        };
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .addService(RpcServer.of(News.class, service))
                .build()
                .start();
        line = new SilentLine(server.getPort());
    }

    @AfterEach
    void stop() throws Exception {
        line.close();
        server.shutdownNow();
    }

    @Test
    @Timeout(60)
    void aFeedOfOneOfOurServicesBreaks() throws Exception {
        try (ConfigurableApplicationContext caller = new SpringApplicationBuilder(Caller.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties("spring.config.import=classpath:orlop-process.yml", "spring.grpc.server.port=0")
                .run("--spring.grpc.client.channel.news.target=static://127.0.0.1:" + line.port())) {
            breaks(caller.getBean(RpcClients.class).client(News.class, "news"));
        }
    }

    @Test
    @Timeout(60)
    void aLineThatSpringKnowsNothingOfBreaks() throws Exception {
        ManagedChannel channel = KeepAlive.line("127.0.0.1:" + line.port());
        try {
            var policy = CallPolicy.to("news", CallPolicy.Registries.ofDefaults());
            breaks(RpcClient.of(News.class, channel, policy, Duration.ofSeconds(30)));
        } finally {
            channel.shutdownNow();
        }
    }

    private void breaks(News peer) throws InterruptedException {
        // Given
        Feed<String> feed = peer.news();
        news.add("first");
        assertThat(feed.next()).isEqualTo("first");
        // When
        line.fallSilent();
        news.add("second");
        long since = System.nanoTime();
        // Then
        assertThatThrownBy(feed::next)
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Unavailable.class));
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since)).isLessThan(25);
    }
}
