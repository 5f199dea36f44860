package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Where a [PduReader] borrows a large buffer from while much arrives.
public interface ReadBuffers {
    /// A direct buffer of at least so many bytes, or nothing if there is no room for it now.
    @Nullable
    ByteBuffer take(int bytes);

    void give(ByteBuffer buffer);
}
