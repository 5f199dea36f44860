package io.orlop.wire.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.KeepAlive;
import io.orlop.wire.rpc.RpcClient;
import io.orlop.wire.rpc.RpcServer;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalStatusTest {
    static Stream<Refusal> everyRefusal() {
        return Stream.of(Refusal.class.getPermittedSubclasses()).map(type -> {
            try {
                Constructor<?> constructor = type.getDeclaredConstructors()[0];
                var more = new Object[constructor.getParameterCount()];
                Arrays.fill(more, "something else");
                more[0] = "what is wrong";
                more[1] = "what to do";
                return (Refusal) constructor.newInstance(more);
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("everyRefusal")
    void everyRefusalTravelsBetweenOurServices(Refusal refusal) {
        var answer = RefusalStatus.exception(refusal);

        assertThat(RefusalStatus.understood("peer", answer).refusal()).isEqualTo(refusal);
    }

    @ParameterizedTest
    @MethodSource("everyRefusal")
    void everyRefusalIsAnErrorInBothProtocols(Refusal refusal) {
        RefusalStatus status = RefusalStatus.of(refusal);

        assertThat(status.grpc()).isNotEqualTo(Status.Code.OK);
        assertThat(status.http()).isBetween(400, 599);
    }

    @ParameterizedTest
    @MethodSource("everyRefusal")
    void othersUnderstandTheStatusAlone(Refusal refusal) {
        var bare = RefusalStatus.of(refusal)
                .grpc()
                .toStatus()
                .withDescription("theirs")
                .asRuntimeException();

        assertThat(RefusalStatus.understood("peer", bare).refusal().problem()).contains("theirs");
    }

    @Test
    void aCopyThatKnowsNoLeaderSaysSo() {
        var nobody = new Refusal.NotLeader("this copy does not lead", "try again", null);

        assertThat(RefusalStatus.understood("peer", RefusalStatus.exception(nobody))
                        .refusal())
                .isEqualTo(nobody);
    }

    @Test
    void anAnswerThatIsTooLargeForAMessageIsNoLackOfRoom() {
        var transport = Status.RESOURCE_EXHAUSTED
                .withDescription("gRPC message exceeds maximum size 4194304: 5000000")
                .asRuntimeException();

        assertThat(RefusalStatus.understoodOfOurs("pools", transport).refusal()).isInstanceOf(Refusal.Failed.class);
        assertThat(RefusalStatus.understood("node n1", transport).refusal()).isInstanceOf(Refusal.Failed.class);
    }

    @Test
    void aServiceOfOursIsOutOfCapacityOnlyWhereItSaysSo() {
        var bare =
                Status.RESOURCE_EXHAUSTED.withDescription("Bandwidth exhausted").asRuntimeException();

        assertThat(RefusalStatus.understoodOfOurs("pools", bare)).isInstanceOf(NoAnswerException.class);
        assertThat(RefusalStatus.understood("node n1", bare).refusal()).isInstanceOf(Refusal.OutOfCapacity.class);
    }

    @Test
    void aRefusalThatExplainsItselfAtLengthFitsIntoTheHeaders() {
        var refusal = new Refusal.OutOfCapacity("pool p has too little room; ".repeat(10_000), "add pools");

        var answer = RefusalStatus.exception(refusal);
        var understood = RefusalStatus.understood("pools", answer).refusal();

        assertThat(understood).isInstanceOf(Refusal.OutOfCapacity.class);
        assertThat(understood.problem()).hasSizeBetween(1000, 1001).startsWith("pool p has too little room");
        assertThat(understood.remedy()).isEqualTo("add pools");
    }

    @ParameterizedTest
    @ValueSource(strings = {"磁盘没有足够的空间；", "в пуле мало места; ", "💾 ", "\"\\\u0001", "100 % "})
    void aLongRefusalOfAnyAlphabetArrives(String text) throws IOException {
        var refusal = new Refusal.OutOfCapacity(text.repeat(10_000), text.repeat(10_000));
        Server server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(RpcServer.of(Shelf.class, () -> {
                    throw refusal.exception();
                }))
                .build()
                .start();
        ManagedChannel channel = KeepAlive.line("127.0.0.1:" + server.getPort());
        try {
            var policy = CallPolicy.to("shelf", CallPolicy.Registries.ofDefaults());
            Shelf shelf = RpcClient.of(Shelf.class, channel, policy, Duration.ofSeconds(30));

            assertThatThrownBy(shelf::put).isInstanceOfSatisfying(RefusalException.class, arrived -> assertThat(
                            arrived.refusal())
                    .isInstanceOfSatisfying(Refusal.OutOfCapacity.class, understood -> assertThat(understood.problem())
                            .startsWith(text)
                            .endsWith("…")));
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    public interface Shelf {
        void put();
    }

    @Test
    void aPeerThatCannotBeReachedIsNamedWithItsAddress() {
        var broken = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new ConnectException("Connection refused: node-1:10124"))
                .asRuntimeException();

        assertThat(RefusalStatus.understood("node node-1", broken).refusal())
                .isEqualTo(new Refusal.Unavailable(
                        "node node-1 cannot be reached: Connection refused: node-1:10124",
                        "try again when it is reachable"));
    }
}
