package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.stubs.mayastor.v1.DeregisterRequest;
import io.orlop.stubs.mayastor.v1.RegisterRequest;
import io.orlop.stubs.mayastor.v1.RegistrationGrpc;
import io.orlop.wire.service.Registration;

/// Serves `mayastor.v1.Registration`, on any executor. A thousand nodes that say every five seconds that they live
/// are two hundred calls a second, all that a quiet control plane has to do: what says nothing new is answered where
/// it arrives, at the copy that leads. What may block has a virtual thread of its own.
public final class RegistrationService implements BindableService {
    private final BindableService service;

    public RegistrationService(Registration registration) {
        this(registration, registration);
    }

    /// @param registration answers nodes
    /// @param relayed answers what another copy passes on for a node
    public RegistrationService(Registration registration, Registration relayed) {
        this.service = Headers.heard(new Calls(registration, relayed));
    }

    @Override
    public ServerServiceDefinition bindService() {
        return service.bindService();
    }

    private static final class Calls extends RegistrationGrpc.RegistrationImplBase {
        private final Registration registration;
        private final Registration relayed;

        Calls(Registration registration, Registration relayed) {
            this.registration = registration;
            this.relayed = relayed;
        }

        private Registration asked() {
            return Headers.RELAYED.said() == null ? registration : relayed;
        }

        @Override
        public void register(RegisterRequest request, StreamObserver<Empty> caller) {
            Registration asked = asked();
            if (stillHere(asked, request)) {
                Answer.done(caller, () -> {});
                return;
            }
            // The context goes along, and with it what was said beside the request.
            apart(() -> Answer.done(caller, () -> asked.register(node(request))));
        }

        private static NodeRegistration node(RegisterRequest request) {
            return RegistrationCodec.node(
                    request, Headers.ADDRESSES.said(), Headers.GENERATION.said(), Headers.DRIFT.said());
        }

        private static boolean stillHere(Registration asked, RegisterRequest request) {
            try {
                return asked.stillHere(node(request));
            } catch (RuntimeException _) {
                // Whoever has more time says why.
                return false;
            }
        }

        @Override
        public void deregister(DeregisterRequest request, StreamObserver<Empty> caller) {
            Registration asked = asked();
            apart(() -> Answer.done(caller, () -> asked.deregister(new NodeId(request.getId()))));
        }

        private static void apart(Runnable work) {
            Thread.startVirtualThread(Context.current().wrap(work));
        }
    }
}
