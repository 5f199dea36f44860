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
        this.service = Headers.heard(new Calls(registration));
    }

    @Override
    public ServerServiceDefinition bindService() {
        return service.bindService();
    }

    private static final class Calls extends RegistrationGrpc.RegistrationImplBase {
        private final Registration registration;

        Calls(Registration registration) {
            this.registration = registration;
        }

        @Override
        public void register(RegisterRequest request, StreamObserver<Empty> caller) {
            Answer.done(
                    caller, () -> registration.register(RegistrationCodec.node(request, Headers.GENERATION.said())));
        }

        @Override
        public void deregister(DeregisterRequest request, StreamObserver<Empty> caller) {
            Answer.done(caller, () -> registration.deregister(new NodeId(request.getId())));
        }
    }
}
