package io.orlop.wire.rpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.status.CallerGoneException;
import io.orlop.wire.status.NoAnswerException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A service of several copies, as one: calls go to the copy that leads. Which one that is nobody is told; it is found
/// by asking, and each answer says where to go on:
///
/// ```
///   call ──► the copy that answered last, or the door (any copy)
///              │ an answer, or a refusal of its own        ──► that is the answer; the next call goes there
///              │ NotLeader(where), not asked yet           ──► where
///              │ NotLeader(nobody), or sent in a circle    ──► a pause, twice as long each time, then the door
///              │ silence of the copy that was followed     ──► the door, if the call may be made twice
///              │ silence at the door                       ──► that is the answer
/// ```
///
/// A copy that does not lead has done nothing, so any call may follow. How long it looks for a leader is bounded: by
/// its patience and by its caller's deadline.
public final class FollowingLeader<T> {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Class<T> contract;
    private final Ambient ambient;
    private final Line<T> door;
    private final Function<String, T> copies;
    private final Duration patience;
    private volatile Line<T> followed;

    /// A way to a copy.
    ///
    /// @param address null at the door, where any copy may answer
    private record Line<T>(@Nullable String address, T copy) {}

    private FollowingLeader(Class<T> contract, Ambient ambient, T door, Function<String, T> copies, Duration patience) {
        this.contract = contract;
        this.ambient = ambient;
        this.door = new Line<>(null, door);
        this.copies = copies;
        this.patience = patience;
        this.followed = this.door;
    }

    /// @param door any copy, each time perhaps another
    /// @param copies the copy that answers at an address
    /// @param patience how long a call waits for somebody to lead
    public static <T> T of(Class<T> contract, Ambient ambient, T door, Function<String, T> copies, Duration patience) {
        var leader = new FollowingLeader<>(contract, ambient, door, copies, patience);
        return ContractProxy.of(contract, () -> "the leader of " + contract.getSimpleName(), leader::called);
    }

    /// Over gRPC.
    ///
    /// @param name what the service is called in the meters
    /// @param dial makes the channel to the copy at an address, without connecting; whoever gives it closes what is
    ///     open in the end
    /// @param deadline for each call
    public static <T> T overGrpc(
            Class<T> contract,
            String name,
            ManagedChannel door,
            Function<String, ManagedChannel> dial,
            CallPolicy.Registries registries,
            Duration deadline,
            Duration patience) {
        T atTheDoor = RpcClient.of(contract, new EagerChannel(door), CallPolicy.to(name, registries), deadline);
        return of(
                contract,
                Ambient.system(),
                atTheDoor,
                new Copies<>(contract, name, dial, registries, deadline),
                patience);
    }

    private @Nullable Object called(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.isDefault()) return InvocationHandler.invokeDefault(proxy, method, arguments);
        if (method.getReturnType() == Feed.class) return new FollowedFeed(method, arguments);
        boolean repeatable = Contract.isRepeatable(method);
        var search = new Search();
        while (true) {
            try {
                Object answer = ContractProxy.pass(search.line.copy(), method, arguments);
                followed = search.line;
                return answer;
            } catch (RefusalException refused) {
                try {
                    search.goOn(refused, repeatable);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    throw new Refusal.Aborted(
                                    "looking for the leader of %s was interrupted".formatted(contract.getSimpleName()),
                                    "try again")
                            .exception();
                }
            }
        }
    }

    private Line<T> at(String address) {
        return new Line<>(address, copies.apply(address));
    }

    private void lose(Line<T> line) {
        if (followed == line) followed = door;
    }

    /// One call on its way to the leader.
    private final class Search {
        private final long end = ambient.nanos() + patience.toNanos();
        /// Addresses asked since the last pause.
        private final NavigableSet<String> asked = new TreeSet<>();

        private Duration pause = SHORTEST_PAUSE;
        private Line<T> line = followed;

        /// Goes to whom to ask next.
        ///
        /// @throws RefusalException the same, if it is the answer
        void goOn(RefusalException refused, boolean repeatable) throws InterruptedException {
            if (line.address() != null) asked.add(line.address());
            if (refused.refusal() instanceof Refusal.NotLeader told) {
                String leader = told.leader();
                if (leader != null && asked.add(leader)) line = at(leader);
                else backToTheDoor(refused);
            } else if (refused instanceof NoAnswerException silence) {
                lose(line);
                if (line == door || silence.asked() && !repeatable || left() <= 0) throw refused;
                line = door;
            } else {
                if (!(refused instanceof CallerGoneException)) followed = line;
                throw refused;
            }
        }

        private void backToTheDoor(RefusalException refused) throws InterruptedException {
            long left = left();
            if (left <= 0) throw refused;
            ambient.sleep(Duration.ofNanos(Math.min(left, pause.toNanos())));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            asked.clear();
            line = door;
        }

        /// Nanoseconds until nobody waits for the answer any more.
        private long left() {
            long left = end - ambient.nanos();
            Deadline deadline = Context.current().getDeadline();
            if (CallerGoneException.isCallerGone()) return 0;
            return deadline == null ? left : Math.min(left, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        }
    }

    /// Opened when it is first read. Until the first fact has arrived it follows like any call; one that breaks after
    /// that is over, but the next one starts at the right copy.
    private final class FollowedFeed implements Feed<Object> {
        private final Method method;
        private final @Nullable Object @Nullable [] arguments;
        private volatile @Nullable Feed<?> open;
        private volatile boolean closed;
        private @Nullable Line<T> source;

        FollowedFeed(Method method, @Nullable Object @Nullable [] arguments) {
            this.method = method;
            this.arguments = arguments;
        }

        @Override
        public Object next() throws InterruptedException {
            Line<T> told = source;
            Feed<?> standing = open;
            return told == null || standing == null ? first() : another(told, standing);
        }

        private Object first() throws InterruptedException {
            var search = new Search();
            while (true) {
                try {
                    Feed<?> opened = opened(search.line);
                    open = opened;
                    if (closed) opened.close();
                    Object fact = opened.next();
                    source = search.line;
                    followed = search.line;
                    return fact;
                } catch (RefusalException refused) {
                    Feed<?> broken = open;
                    if (broken != null) broken.close();
                    if (closed) throw refused;
                    search.goOn(refused, true);
                }
            }
        }

        private Object another(Line<T> told, Feed<?> standing) throws InterruptedException {
            try {
                return standing.next();
            } catch (RefusalException broken) {
                lose(told);
                if (broken.refusal() instanceof Refusal.NotLeader notLeader && notLeader.leader() != null) {
                    followed = at(notLeader.leader());
                }
                throw broken;
            }
        }

        private Feed<?> opened(Line<T> line) throws InterruptedException {
            try {
                var feed = (Feed<?>) ContractProxy.pass(line.copy(), method, arguments);
                if (feed == null) throw new IllegalStateException(method + " returned no feed");
                return feed;
            } catch (RuntimeException | Error | InterruptedException expected) {
                throw expected;
            } catch (Throwable unexpected) {
                throw new IllegalStateException(unexpected);
            }
        }

        @Override
        public void close() {
            closed = true;
            Feed<?> standing = open;
            if (standing != null) standing.close();
        }
    }
}
