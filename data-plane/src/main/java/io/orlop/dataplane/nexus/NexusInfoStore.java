package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import java.io.IOException;

/// Where a nexus writes down which of its copies are whole, for whoever builds the next one. What was saved is durable
/// when the call returns.
public interface NexusInfoStore {
    void save(String key, NexusInfo info) throws IOException;
}
