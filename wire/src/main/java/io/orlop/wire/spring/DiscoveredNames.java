package io.orlop.wire.spring;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.orlop.wire.rpc.PatientResolver;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/// Lets gRPC find the copies of a service with Spring Cloud's discovery, for targets like `discovery:///volumes`. The
/// name is the service's in Kubernetes. gRPC asks again whenever it has lost a connection.
final class DiscoveredNames extends NameResolverProvider implements AutoCloseable {
    private static final String SCHEME = "discovery";

    private final DiscoveryClient discovery;

    private DiscoveredNames(DiscoveryClient discovery) {
        this.discovery = discovery;
    }

    /// Known to every channel that is made from now on, until it is closed.
    static DiscoveredNames register(DiscoveryClient discovery) {
        var names = new DiscoveredNames(discovery);
        NameResolverRegistry.getDefaultRegistry().register(names);
        return names;
    }

    @Override
    public void close() {
        NameResolverRegistry.getDefaultRegistry().deregister(this);
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args surroundings) {
        if (!SCHEME.equals(target.getScheme())) return null;
        return new Resolver(target.getPath().substring(1), surroundings);
    }

    private final class Resolver extends PatientResolver {
        private final String service;

        Resolver(String service, NameResolver.Args surroundings) {
            super(service, surroundings);
            this.service = service;
        }

        @Override
        protected StatusOr<List<EquivalentAddressGroup>> found() {
            List<EquivalentAddressGroup> copies;
            try {
                copies = discovery.getInstances(service).stream()
                        .map(copy -> new InetSocketAddress(copy.getHost(), copy.getPort()))
                        .map(EquivalentAddressGroup::new)
                        .toList();
            } catch (RuntimeException unanswered) {
                return StatusOr.fromStatus(Status.UNAVAILABLE
                        .withCause(unanswered)
                        .withDescription("discovery does not answer where '%s' is: %s"
                                .formatted(service, unanswered.getMessage())));
            }
            return copies.isEmpty()
                    ? StatusOr.fromStatus(
                            Status.UNAVAILABLE.withDescription("discovery knows no copy of '%s'".formatted(service)))
                    : StatusOr.fromValue(copies);
        }
    }
}
