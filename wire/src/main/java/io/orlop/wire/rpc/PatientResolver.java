package io.orlop.wire.rpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A name whose look-up may take long: it is looked up where nobody waits for it, in the beginning and whenever
/// gRPC has lost a connection.
public abstract class PatientResolver extends NameResolver {
    private final String authority;
    private final Executor patient;
    private volatile @Nullable Listener2 listener;

    /// @param authority what the service is called
    protected PatientResolver(String authority, NameResolver.Args surroundings) {
        this.authority = authority;
        Executor offered = surroundings.getOffloadExecutor();
        this.patient = offered == null ? Thread::startVirtualThread : offered;
    }

    /// The addresses that there are now, or why none is known. May block.
    protected abstract StatusOr<List<EquivalentAddressGroup>> found();

    @Override
    public final String getServiceAuthority() {
        return authority;
    }

    @Override
    public final void start(Listener2 tellWhom) {
        listener = tellWhom;
        refresh();
    }

    @Override
    public final void refresh() {
        Listener2 tellWhom = listener;
        if (tellWhom != null) {
            patient.execute(() -> tellWhom.onResult(
                    ResolutionResult.newBuilder().setAddressesOrError(found()).build()));
        }
    }

    @Override
    public final void shutdown() {
        listener = null;
    }
}
