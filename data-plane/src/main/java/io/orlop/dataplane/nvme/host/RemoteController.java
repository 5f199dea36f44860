package io.orlop.dataplane.nvme.host;

import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Sgl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/// What a target's controller can do, as it introduces itself.
record RemoteController(
        int transferMax,
        int commandsMax,
        int inCapsuleBytes,
        boolean volatileCache,
        boolean deallocates,
        boolean writesZeroes,
        boolean tellsOfNamespaces,
        Optional<UUID> memory) {
    private static final int TRANSFER_MAX = 1 << 20;

    static RemoteController identify(HostQueue admin) throws IOException {
        ByteBuffer page = page();
        admin.execute(Command.admin(AdminOpcode.IDENTIFY, 0, Sgl.NONE, IdentifyPages.CONTROLLER, 0), page);
        int shift = page.get(IdentifyPages.TRANSFER_SHIFT_AT) & 0xFF;
        int units = page.getInt(IdentifyPages.CAPSULE_UNITS_AT);
        int optional = page.getShort(IdentifyPages.OPTIONAL_COMMANDS_AT);
        int commands = page.getShort(IdentifyPages.COMMANDS_MAX_AT) & 0xFFFF;
        return new RemoteController(
                shift == 0 || shift > 8 ? TRANSFER_MAX : 1 << Limits.PAGE_SHIFT + shift,
                commands == 0 ? Integer.MAX_VALUE : commands,
                Math.clamp(units * 16L - Command.BYTES, 0, TRANSFER_MAX),
                (page.get(525) & 1) != 0,
                (optional & IdentifyPages.DATASET_MANAGEMENT) != 0,
                (optional & IdentifyPages.WRITE_ZEROES) != 0,
                (page.getInt(92) & AsyncEvent.NAMESPACE_CHANGED.enablingBit()) != 0,
                IdentifyPages.memory(page));
    }

    static ByteBuffer page() {
        return ByteBuffer.allocateDirect(IdentifyPages.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
