package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Host;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Something with a name that hosts connect to: a subsystem with a namespace, or the list of those.
sealed interface Export permits Subsystem, DiscoverySubsystem {
    String nqn();

    Controllers controllers();

    boolean allows(Host host, InetAddress from);

    /// The events its controllers offer to tell of: enabling bits of [AsyncEvent].
    int events();

    ByteBuffer identifyController(Controller controller);

    /// The other identify pages.
    Answer identify(int structure, int namespace);

    /// The page, or nothing if it keeps no such page.
    @Nullable
    ByteBuffer logPage(int page, Controller controller);
}
