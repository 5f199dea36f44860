package io.orlop.dataplane.block;

import io.orlop.model.AllowedHost;
import java.io.IOException;
import java.util.List;

/// Where devices of this node are offered to other hosts.
public interface Exports {
    /// Offers a device from now on. The device stays the caller's.
    void expose(Exposure exposure) throws IOException;

    /// Lets these hosts connect and no others; who is no longer listed is cut off. An empty list means anybody.
    void allow(String nqn, List<AllowedHost> hosts);

    /// Cuts everybody off and returns when nobody uses the device any more. What is not offered needs no withdrawing.
    void withdraw(String nqn) throws IOException;

    /// Where an NQN of this node is reached: `nvmf+tcp://{address}:{port}/{nqn}`.
    String uri(String nqn);
}
