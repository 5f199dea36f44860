package io.orlop.store.etcd;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the store shows itself to clients.
///
/// @param listen where to listen; port 0 takes a free one
/// @param inProcessName a name under which clients in this process find it without a socket
/// @param requestBytesMax a larger request is refused
/// @param memberName as it appears in the member list
/// @param advertisedUrls what the member list gives as its addresses; empty for those it listens on
/// @param peerUrls where other members would find it, were there any; the ids of member and cluster come from it
/// @param clusterToken goes into the ids, too
public record EtcdOptions(
        List<InetSocketAddress> listen,
        @Nullable String inProcessName,
        int requestBytesMax,
        String memberName,
        List<String> advertisedUrls,
        List<String> peerUrls,
        String clusterToken) {
    private static final int REQUEST_BYTES_MAX = 1536 * 1024;

    public static EtcdOptions listening(InetSocketAddress... addresses) {
        return new EtcdOptions(
                List.of(addresses),
                null,
                REQUEST_BYTES_MAX,
                "default",
                List.of(),
                List.of("http://localhost:2380"),
                "etcd-cluster");
    }

    public static EtcdOptions inProcess(String name) {
        return listening().alsoInProcess(name);
    }

    public EtcdOptions alsoInProcess(String name) {
        return new EtcdOptions(listen, name, requestBytesMax, memberName, advertisedUrls, peerUrls, clusterToken);
    }

    public EtcdOptions requestBytesMax(int most) {
        return new EtcdOptions(listen, inProcessName, most, memberName, advertisedUrls, peerUrls, clusterToken);
    }

    /// @param name of the member
    /// @param peers where others would find it
    public EtcdOptions member(String name, List<String> peers, String token) {
        return new EtcdOptions(listen, inProcessName, requestBytesMax, name, advertisedUrls, List.copyOf(peers), token);
    }

    public EtcdOptions advertisedUrls(List<String> urls) {
        return new EtcdOptions(
                listen, inProcessName, requestBytesMax, memberName, List.copyOf(urls), peerUrls, clusterToken);
    }

    /// What gRPC lets in: a little more than a request may have, so that the answer to a request that is too large is
    /// ours and not the transport's.
    int messageBytesMax() {
        return requestBytesMax + 512 * 1024;
    }
}
