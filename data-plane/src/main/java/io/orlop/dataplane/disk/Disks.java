package io.orlop.dataplane.disk;

import io.orlop.disk.Disk;
import java.io.IOException;

/// The disks of a node, by URI.
public interface Disks {
    /// The URI in full, by which two names of one disk are known to be the same.
    ///
    /// @throws io.orlop.model.RefusalException if it is no disk's URI
    String canonical(String uri);

    Disk open(String uri) throws IOException;
}
