package io.orlop.dataplane.block;

import io.orlop.model.AllowedHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where devices of this node are offered to other hosts.
public interface Exports {
    /// Offers a device from now on. The device stays the caller's.
    void expose(Exposure exposure) throws IOException;

    /// Lets these hosts connect and no others; who is no longer listed is cut off. An empty list means anybody. When it
    /// returns, nothing that those asked for before is done to the device any more.
    ///
    /// @throws IOException if something still may be. They stay cut off, and the same call waits again
    void allow(String nqn, List<AllowedHost> hosts) throws IOException;

    /// Cuts everybody off and returns when nobody uses the device any more. What is not offered needs no withdrawing.
    ///
    /// @throws IOException if the device is still used: it is not offered any more, cannot be offered anew, and the
    ///     same call waits again
    void withdraw(String nqn) throws IOException;

    /// Where an NQN of this node is reached: `nvmf+tcp://{address}:{port}/{nqn}`.
    String uri(String nqn);

    /// Why hosts cannot count on being served here, in words, or nothing while they can.
    default Optional<String> ailment() {
        return Optional.empty();
    }
}
