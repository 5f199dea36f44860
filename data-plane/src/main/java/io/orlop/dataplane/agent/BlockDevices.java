package io.orlop.dataplane.agent;

import io.orlop.model.BlockDevice;
import java.util.List;

/// What a node has that could become a pool's disk.
public interface BlockDevices {
    BlockDevices NONE = _ -> List.of();

    /// @param all also those that are in use
    List<BlockDevice> list(boolean all);
}
