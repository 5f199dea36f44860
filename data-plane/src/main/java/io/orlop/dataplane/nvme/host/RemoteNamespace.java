package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.Sgl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/// Namespace 1 of a target, as it introduces itself.
record RemoteNamespace(long blocks, int blockSize, UUID uuid) {
    static RemoteNamespace identify(HostQueue admin) throws IOException {
        ByteBuffer page = RemoteController.page();
        admin.execute(Command.admin(AdminOpcode.IDENTIFY, 1, Sgl.NONE, IdentifyPages.NAMESPACE, 0), page);
        int format = page.get(26) & 0xF;
        int shift = page.get(IdentifyPages.FORMATS_AT + 4 * format + 2) & 0xFF;
        long blocks = page.getLong(IdentifyPages.SIZE_AT);
        if (blocks <= 0 || shift < 9 || shift > 12) {
            throw new IOException("the target's namespace 1 has %d blocks of 2^%d bytes".formatted(blocks, shift));
        }
        return new RemoteNamespace(blocks, 1 << shift, IdentifyPages.uuid(page, IdentifyPages.NGUID_AT));
    }
}
