package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.orlop.model.NodeId;
import io.orlop.stubs.mayastor.v1.DeregisterRequest;
import io.orlop.stubs.mayastor.v1.RegisterRequest;
import io.orlop.stubs.mayastor.v1.RegistrationGrpc;
import io.orlop.wire.service.Registration;

/// Serves `mayastor.v1.Registration`. Its calls block; run the gRPC server on virtual threads.
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
            Answer.done(caller, () -> asked().register(RegistrationCodec.node(request, Headers.GENERATION.said())));
        }

        @Override
        public void deregister(DeregisterRequest request, StreamObserver<Empty> caller) {
            Answer.done(caller, () -> asked().deregister(new NodeId(request.getId())));
        }
    }
}
