package io.orlop.store.etcd;

import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.engine.HeapShares;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How the store shows itself to clients.
///
/// @param listen where to listen; port 0 takes a free one
/// @param listenForHttp where to speak JSON and show pages, and take no gRPC
/// @param listenForPages where to show health and metrics only
/// @param gateway whether the API is there as JSON, too
/// @param timesCalls whether it is measured how long each call takes
/// @param inProcessName a name under which clients in this process find it without a socket
/// @param requestBytesMax a larger request is refused
/// @param memberName as it appears in the member list
/// @param advertisedUrls what the member list gives as its addresses; empty for those it listens on
/// @param peerUrls where other members would find it, were there any; the ids of member and cluster come from it
/// @param peerUrlsNow the same as somebody changed it later, which does not change the ids
/// @param clusterToken goes into the ids, too
/// @param door how connections are treated
/// @param auth how users prove who they are, once they must
/// @param answerBytesMax what all answers to ranges together may take in memory, until they are sent
public record EtcdOptions(
        List<Door.Listen> listen,
        List<Door.Listen> listenForHttp,
        List<Door.Listen> listenForPages,
        boolean gateway,
        boolean timesCalls,
        @Nullable String inProcessName,
        int requestBytesMax,
        String memberName,
        List<String> advertisedUrls,
        List<String> peerUrls,
        PeerUrls.Kept peerUrlsNow,
        String clusterToken,
        DoorOptions door,
        AuthOptions auth,
        long answerBytesMax) {
    private static final int REQUEST_BYTES_MAX = 1536 * 1024;

    public static EtcdOptions listening(InetSocketAddress... addresses) {
        return listening(Stream.of(addresses)
                .map(address -> new Door.Listen(address, false))
                .toList());
    }

    public static EtcdOptions listening(List<Door.Listen> listen) {
        return new EtcdOptions(
                listen,
                List.of(),
                List.of(),
                true,
                false,
                null,
                REQUEST_BYTES_MAX,
                "default",
                List.of(),
                List.of("http://localhost:2380"),
                PeerUrls.unchanged(),
                "etcd-cluster",
                DoorOptions.defaults(),
                AuthOptions.usual(),
                HeapShares.usual().answers());
    }

    public static EtcdOptions inProcess(String name) {
        return listening().alsoInProcess(name);
    }

    public EtcdOptions alsoInProcess(String name) {
        return with(draft -> draft.inProcessName = name);
    }

    public EtcdOptions listenForHttp(List<Door.Listen> places) {
        return with(draft -> draft.listenForHttp = List.copyOf(places));
    }

    public EtcdOptions listenForPages(List<Door.Listen> places) {
        return with(draft -> draft.listenForPages = List.copyOf(places));
    }

    public EtcdOptions gateway(boolean open) {
        return with(draft -> draft.gateway = open);
    }

    public EtcdOptions timesCalls(boolean wanted) {
        return with(draft -> draft.timesCalls = wanted);
    }

    public EtcdOptions peerUrlsNow(PeerUrls.Kept kept) {
        return with(draft -> draft.peerUrlsNow = kept);
    }

    public EtcdOptions requestBytesMax(int most) {
        return with(draft -> draft.requestBytesMax = most);
    }

    /// @param name of the member
    /// @param peers where others would find it
    public EtcdOptions member(String name, List<String> peers, String token) {
        return with(draft -> {
            draft.memberName = name;
            draft.peerUrls = List.copyOf(peers);
            draft.clusterToken = token;
        });
    }

    public EtcdOptions advertisedUrls(List<String> urls) {
        return with(draft -> draft.advertisedUrls = List.copyOf(urls));
    }

    public EtcdOptions door(DoorOptions options) {
        return with(draft -> draft.door = options);
    }

    public EtcdOptions auth(AuthOptions how) {
        return with(draft -> draft.auth = how);
    }

    public EtcdOptions answerBytesMax(long most) {
        return with(draft -> draft.answerBytesMax = most);
    }

    /// What gRPC lets in: a little more than a request may have, so that the answer to a request that is too large is
    /// ours and not the transport's.
    int messageBytesMax() {
        return (int) Math.min(Integer.MAX_VALUE, requestBytesMax + 512L * 1024);
    }

    private EtcdOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /// The options while some of them change.
    private static final class Draft {
        private List<Door.Listen> listen;
        private List<Door.Listen> listenForHttp;
        private List<Door.Listen> listenForPages;
        private boolean gateway;
        private boolean timesCalls;
        private @Nullable String inProcessName;
        private int requestBytesMax;
        private String memberName;
        private List<String> advertisedUrls;
        private List<String> peerUrls;
        private PeerUrls.Kept peerUrlsNow;
        private String clusterToken;
        private DoorOptions door;
        private AuthOptions auth;
        private long answerBytesMax;

        Draft(EtcdOptions from) {
            listen = from.listen;
            listenForHttp = from.listenForHttp;
            listenForPages = from.listenForPages;
            gateway = from.gateway;
            timesCalls = from.timesCalls;
            inProcessName = from.inProcessName;
            requestBytesMax = from.requestBytesMax;
            memberName = from.memberName;
            advertisedUrls = from.advertisedUrls;
            peerUrls = from.peerUrls;
            peerUrlsNow = from.peerUrlsNow;
            clusterToken = from.clusterToken;
            door = from.door;
            auth = from.auth;
            answerBytesMax = from.answerBytesMax;
        }

        EtcdOptions finished() {
            return new EtcdOptions(
                    listen,
                    listenForHttp,
                    listenForPages,
                    gateway,
                    timesCalls,
                    inProcessName,
                    requestBytesMax,
                    memberName,
                    advertisedUrls,
                    peerUrls,
                    peerUrlsNow,
                    clusterToken,
                    door,
                    auth,
                    answerBytesMax);
        }
    }
}
