package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.LogPages;
import io.orlop.dataplane.nvme.wire.Status;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The subsystem that every target has under the same name: it lists the others.
final class DiscoverySubsystem implements Export {
    static final String NQN = "nqn.2014-08.org.nvmexpress.discovery";

    private final Controllers controllers = new Controllers(1, 0xFFEF);
    private final Function<Controller, ByteBuffer> log;

    /// @param log the discovery log as this controller's host may see it
    DiscoverySubsystem(Function<Controller, ByteBuffer> log) {
        this.log = log;
    }

    @Override
    public String nqn() {
        return NQN;
    }

    @Override
    public Controllers controllers() {
        return controllers;
    }

    @Override
    public boolean allows(Host host, InetAddress from) {
        return true;
    }

    @Override
    public int events() {
        return AsyncEvent.DISCOVERY_CHANGED.enablingBit();
    }

    @Override
    public ByteBuffer identifyController(Controller controller) {
        return IdentifyPages.controller(2, controller.id(), NQN, "0", "Orlop discovery", events());
    }

    @Override
    public Answer identify(int structure, int namespace) {
        return Answer.refused(Status.INVALID_FIELD);
    }

    @Override
    public @Nullable ByteBuffer logPage(int page, Controller controller) {
        return page == LogPages.DISCOVERY ? log.apply(controller) : null;
    }

    void changed() {
        for (Controller controller : controllers.all()) {
            controller.events().happened(AsyncEvent.DISCOVERY_CHANGED);
        }
    }

    List<Controller> close() {
        return controllers.close();
    }
}
