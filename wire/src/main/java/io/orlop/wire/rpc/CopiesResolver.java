package io.orlop.wire.rpc;

import com.google.common.net.HostAndPort;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets gRPC reach the copies of a service that a target lists: `copies:///host-1:50051,host-2:50051`. gRPC knows only
/// names that somebody else resolves. Found by gRPC itself, as a service of the class path.
public final class CopiesResolver extends NameResolverProvider {
    private static final String SCHEME = "copies";

    @Override
    protected boolean isAvailable() {
        return true;
    }

    /// Below DNS, so that a target without a scheme stays a name.
    @Override
    protected int priority() {
        return 4;
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    /// @throws IllegalArgumentException if the target is no list of `host:port`
    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args surroundings) {
        if (!SCHEME.equals(target.getScheme())) return null;
        String list = target.getPath() == null ? "" : target.getPath().replaceFirst("^/", "");
        List<HostAndPort> copies = new ArrayList<>();
        for (String copy : list.split(",", -1)) {
            HostAndPort place = HostAndPort.fromString(copy.strip());
            if (place.getHost().isEmpty() || !place.hasPort()) {
                throw new IllegalArgumentException(
                        "'%s' in target %s is no host:port: write copies:///host-1:50051,host-2:50051"
                                .formatted(copy, target));
            }
            copies.add(place);
        }
        return new Resolver(list, copies, surroundings);
    }

    private static final class Resolver extends PatientResolver {
        private final List<HostAndPort> copies;

        Resolver(String list, List<HostAndPort> copies, NameResolver.Args surroundings) {
            super(list.split(",", -1)[0], surroundings);
            this.copies = copies;
        }

        @Override
        protected StatusOr<List<EquivalentAddressGroup>> found() {
            List<EquivalentAddressGroup> known = copies.stream()
                    .map(copy -> new InetSocketAddress(copy.getHost(), copy.getPort()))
                    .filter(address -> !address.isUnresolved())
                    .map(EquivalentAddressGroup::new)
                    .toList();
            return known.isEmpty()
                    ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no name of '%s' resolves"
                            .formatted(String.join(
                                    ",",
                                    copies.stream().map(HostAndPort::toString).toList()))))
                    : StatusOr.fromValue(known);
        }
    }
}
