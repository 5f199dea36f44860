package io.orlop.dataplane.block;

import java.io.IOException;

/// Finds a device by its URI: a replica of this node (`bdev:///…`), or what another node serves (`nvmf+tcp://…`).
public interface DeviceOpener {
    BlockDevice open(String uri) throws IOException;
}
