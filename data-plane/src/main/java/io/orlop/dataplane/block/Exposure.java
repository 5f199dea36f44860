package io.orlop.dataplane.block;

import io.orlop.model.AllowedHost;
import java.util.List;
import java.util.UUID;

/// What is offered, and to whom. Hosts take two paths for one device if name and identity are the same and the
/// controller ids differ.
///
/// @param identity the namespace's NGUID and UUID
/// @param allowedHosts empty for anybody
public record Exposure(
        String nqn,
        BlockDevice device,
        UUID identity,
        List<AllowedHost> allowedHosts,
        int firstController,
        int lastController) {
    public static final int CONTROLLER_MIN = 1;
    public static final int CONTROLLER_MAX = 0xffef;
    private static final String NQN_PREFIX = "nqn.2019-05.io.openebs:";

    public Exposure {
        allowedHosts = List.copyOf(allowedHosts);
    }

    public static String nqnOf(String name) {
        return NQN_PREFIX + name;
    }
}
