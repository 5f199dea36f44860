package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EagerChannelTest {
    private final Line line = new Line();

    @Test
    void aCallMakesALineThatRestsDialAgain() {
        line.state = ConnectivityState.TRANSIENT_FAILURE;
        call();
        assertThat(line.resets).isEqualTo(1);
    }

    @Test
    void aLineThatStandsOrIsBeingDialledIsLeftAlone() {
        for (ConnectivityState state : ConnectivityState.values()) {
            if (state == ConnectivityState.TRANSIENT_FAILURE) continue;
            line.state = state;
            call();
        }
        assertThat(line.resets).isZero();
    }

    private void call() {
        var method = Contract.procedures(RpcTest.Shelf.class).getFirst().descriptor();
        assertThat(new EagerChannel(line).newCall(method, CallOptions.DEFAULT)).isSameAs(line.call);
    }

    /// Counts how often it is asked to forget how long it wanted to wait.
    private static final class Line extends ManagedChannel {
        private final ClientCall<Object, Object> call = new Silence();
        private ConnectivityState state = ConnectivityState.IDLE;
        private int resets;

        @Override
        public ConnectivityState getState(boolean requestConnection) {
            return state;
        }

        @Override
        public void resetConnectBackoff() {
            resets++;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return (ClientCall<Q, A>) call;
        }

        @Override
        public String authority() {
            return "volumes";
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private static final class Silence extends ClientCall<Object, Object> {
        @Override
        public void start(Listener<Object> listener, Metadata headers) {}

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Object message) {}
    }
}
