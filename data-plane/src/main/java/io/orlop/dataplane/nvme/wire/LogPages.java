package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The log pages a controller keeps. Offsets are the standard's.
public final class LogPages {
    public static final int ERRORS = 0x01;
    public static final int HEALTH = 0x02;
    public static final int FIRMWARE_SLOTS = 0x03;
    public static final int CHANGED_NAMESPACES = 0x04;
    public static final int COMMAND_EFFECTS = 0x05;
    public static final int ANA = 0x0C;
    public static final int DISCOVERY = 0x70;

    private static final int SUPPORTED = 0x1;
    private static final int CHANGES_CONTENT = 0x2;
    private static final int DISCOVERY_RECORD = 1024;

    private LogPages() {}

    /// One entry of a discovery log.
    public record Reachable(String subsystem, String address, boolean ipv6, int port) {}

    /// No errors are kept.
    public static ByteBuffer errors() {
        return Page.of(64);
    }

    /// All spare blocks are there; nothing else is measured.
    public static ByteBuffer health() {
        ByteBuffer page = Page.of(512);
        page.put(3, (byte) 100);
        return page;
    }

    public static ByteBuffer firmwareSlots() {
        ByteBuffer page = Page.of(512);
        page.put(0, (byte) 1);
        page.put(8, "0.1.0   ".getBytes(StandardCharsets.US_ASCII));
        return page;
    }

    public static ByteBuffer changedNamespaces(boolean changed) {
        ByteBuffer page = Page.of(4096);
        if (changed) page.putInt(0, 1);
        return page;
    }

    public static ByteBuffer commandEffects() {
        ByteBuffer page = Page.of(4096);
        for (AdminOpcode opcode : AdminOpcode.values()) page.putInt(4 * opcode.code(), SUPPORTED);
        for (IoOpcode opcode : IoOpcode.values()) {
            boolean writes = opcode != IoOpcode.READ && opcode != IoOpcode.FLUSH;
            page.putInt(1024 + 4 * opcode.code(), SUPPORTED | (writes ? CHANGES_CONTENT : 0));
        }
        return page;
    }

    /// One group of one namespace.
    ///
    /// ```
    ///   0  count of changes 8 | groups 2 | reserved 6
    ///  16  group 4 | namespaces 4 | count of changes 8 | state 1 | reserved 15 | namespace 4
    /// ```
    public static ByteBuffer ana(int state, long changes) {
        ByteBuffer page = Page.of(52);
        page.putLong(0, changes).putShort(8, (short) 1);
        page.putInt(16, 1).putInt(20, 1).putLong(24, changes).put(32, (byte) state);
        page.putInt(48, 1);
        return page;
    }

    /// A header and an entry for each subsystem, 1024 bytes each.
    ///
    /// ```
    ///   0  transport 1 | family 1 | kind 1 | requirements 1 | port id 2 | controller 2 | admin queue size 2
    ///  32  port, as text    256  subsystem NQN    512  address, as text
    /// ```
    public static ByteBuffer discovery(long generation, List<Reachable> subsystems) {
        ByteBuffer page = Page.of(DISCOVERY_RECORD * (1 + subsystems.size()));
        page.putLong(0, generation).putLong(8, subsystems.size());
        int start = DISCOVERY_RECORD;
        for (Reachable reachable : subsystems) {
            page.put(start, (byte) 3)
                    .put(start + 1, (byte) (reachable.ipv6 ? 2 : 1))
                    .put(start + 2, (byte) 2);
            page.putShort(start + 4, (short) 1).putShort(start + 6, (short) 0xFFFF);
            page.putShort(start + 8, (short) 32);
            text(page, start + 32, Integer.toString(reachable.port));
            page.put(start + 256, reachable.subsystem.getBytes(StandardCharsets.UTF_8));
            text(page, start + 512, reachable.address);
            start += DISCOVERY_RECORD;
        }
        return page;
    }

    private static void text(ByteBuffer page, int start, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        page.put(start, bytes);
        for (int i = start + bytes.length; i < start + (start % DISCOVERY_RECORD == 32 ? 32 : 256); i++) {
            page.put(i, (byte) ' ');
        }
    }
}
