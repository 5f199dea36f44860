package io.orlop.dataplane.agent;

import io.orlop.model.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Where this node connects to others from, asked anew each time: interfaces get and lose addresses.
///
/// ```
///   it was told ─────────────────────────────► that
///   it advertises 10.0.0.5, its own ─────────► all of its addresses: routes decide. Loopback and link-local not
///   it advertises 127.0.0.1 ─────────────────► those, and loopback
///   it advertises what is not its own ───────► it does not know: somebody on the way translates
/// ```
final class OwnAddresses implements Supplier<List<String>> {
    private final List<String> told;
    private final InetAddress advertised;
    private volatile List<String> last = List.of();

    /// @param told numeric; empty if nobody told
    OwnAddresses(List<String> told, InetAddress advertised) {
        this.told = told;
        this.advertised = advertised;
    }

    @Override
    public List<String> get() {
        if (!told.isEmpty()) return told;
        try {
            last = isOwn(advertised) ? own() : List.of();
        } catch (IOException unknown) {
            // What was known a moment ago is better than nothing, which would let in everybody by that name.
        }
        return last;
    }

    /// The advertised one first, as there may be more than can be told.
    private List<String> own() throws IOException {
        Stream<InetAddress> all = NetworkInterface.networkInterfaces().flatMap(OwnAddresses::addresses);
        return Stream.concat(Stream.of(advertised), all)
                .filter(address -> !address.isLinkLocalAddress())
                .filter(address -> advertised.isLoopbackAddress() || !address.isLoopbackAddress())
                .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                .distinct()
                .limit(Limits.ADDRESSES)
                .sorted()
                .toList();
    }

    /// Of an interface that is down nothing comes: Kubernetes keeps the addresses of all its services on such a one.
    private static Stream<InetAddress> addresses(NetworkInterface at) {
        try {
            return at.isUp() ? at.inetAddresses() : Stream.of();
        } catch (SocketException gone) {
            return Stream.of();
        }
    }

    static boolean isOwn(InetAddress address) throws IOException {
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }
}
