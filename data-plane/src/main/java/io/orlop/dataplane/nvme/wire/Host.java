package io.orlop.dataplane.nvme.wire;

import java.util.UUID;

/// Who connects: the host's name, and the id that tells two hosts with one name apart.
public record Host(String nqn, UUID id) {
    public Host {
        if (nqn.isEmpty() || nqn.length() > Limits.NQN_LENGTH) {
            throw new IllegalArgumentException("a host NQN has 1 to 223 characters, not " + nqn.length());
        }
    }
}
