package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// The pages by which a controller and its namespace introduce themselves. Offsets are the standard's.
public final class IdentifyPages {
    public static final int BYTES = 4096;

    public static final int NAMESPACE = 0x00;
    public static final int CONTROLLER = 0x01;
    public static final int ACTIVE_NAMESPACES = 0x02;
    public static final int DESCRIPTORS = 0x03;
    public static final int COMMAND_SET_CONTROLLER = 0x06;

    /// Where a host finds what it needs.
    public static final int SIZE_AT = 0;

    public static final int FORMATS_AT = 128;
    public static final int NGUID_AT = 104;
    public static final int TRANSFER_SHIFT_AT = 77;
    public static final int KEEP_ALIVE_UNIT_AT = 320;
    public static final int COMMANDS_MAX_AT = 514;
    public static final int OPTIONAL_COMMANDS_AT = 520;
    public static final int CAPSULE_UNITS_AT = 1792;

    public static final int DATASET_MANAGEMENT = 1 << 2;
    public static final int WRITE_ZEROES = 1 << 3;

    private static final String FIRMWARE = "0.1.0";

    /// The vendor's own bytes begin here.
    private static final int MEMORY_AT = 3072;
    private static final long MEMORY_MARK = 0x4f52_4c4f_504d_454dL;

    private IdentifyPages() {}

    /// What every controller of ours has in common; `type` 1 serves a namespace, 2 is for discovery.
    public static ByteBuffer controller(int type, int id, String subsystem, String serial, String model, int events) {
        ByteBuffer page = Page.of(BYTES);
        text(page, 4, 20, serial);
        text(page, 24, 40, model);
        text(page, 64, 8, FIRMWARE);
        page.put(TRANSFER_SHIFT_AT, (byte) Limits.TRANSFER_SHIFT);
        page.putShort(78, (short) id);
        page.putInt(80, ControllerRegisters.VERSION);
        page.putInt(92, events);
        // The host's id has 16 bytes; any command, not only Keep Alive, shows that it lives.
        page.putInt(96, 0x41);
        page.put(111, (byte) type);
        page.put(258, (byte) 3);
        page.put(259, (byte) (Limits.ASYNC_EVENTS - 1));
        page.put(260, (byte) 0x03);
        // Log pages: the effects of commands, and reading from an offset.
        page.put(261, (byte) 0x06);
        page.putShort(KEEP_ALIVE_UNIT_AT, (short) 10);
        page.put(512, (byte) 0x66);
        page.put(513, (byte) 0x44);
        page.putShort(COMMANDS_MAX_AT, (short) Limits.QUEUE_ENTRIES);
        page.putInt(536, 0x0010_0001);
        page.put(768, subsystem.getBytes(StandardCharsets.UTF_8));
        page.putInt(CAPSULE_UNITS_AT, (Command.BYTES + Limits.IN_CAPSULE_BYTES) / 16);
        page.putInt(1796, Completion.BYTES / 16);
        page.put(1803, (byte) 1);
        return page;
    }

    /// What a controller with a namespace adds: one namespace, several controllers, paths that differ.
    public static void serveNamespace(ByteBuffer page, boolean writeThrough) {
        page.put(76, (byte) 0x0A);
        page.put(342, (byte) 10);
        page.put(343, (byte) 0x1F);
        page.putInt(344, 1);
        page.putInt(348, 1);
        page.putInt(516, 1);
        page.putShort(OPTIONAL_COMMANDS_AT, (short) (DATASET_MANAGEMENT | WRITE_ZEROES));
        page.put(525, (byte) (writeThrough ? 0 : 1));
        page.putInt(540, 1);
    }

    /// Of the vendor's own bytes; another's are something else, or zero. That somebody's are taken for this, and stay
    /// the
    /// same while his device forgets, is ruled out by the mark before it.
    public static void rememberBy(ByteBuffer page, UUID memory) {
        page.putLong(MEMORY_AT, MEMORY_MARK);
        putUuid(page, MEMORY_AT + Long.BYTES, memory);
    }

    /// See [#rememberBy].
    public static Optional<UUID> memory(ByteBuffer page) {
        if (page.getLong(MEMORY_AT) != MEMORY_MARK) return Optional.empty();
        return Optional.of(uuid(page, MEMORY_AT + Long.BYTES));
    }

    public static ByteBuffer namespace(long blocks, int blockSize, UUID uuid) {
        ByteBuffer page = Page.of(BYTES);
        page.putLong(SIZE_AT, blocks);
        page.putLong(8, blocks);
        page.putLong(16, blocks);
        // Several controllers may share it.
        page.put(30, (byte) 0x01);
        page.putInt(92, 1);
        putUuid(page, NGUID_AT, uuid);
        page.put(FORMATS_AT + 2, (byte) Integer.numberOfTrailingZeros(blockSize));
        return page;
    }

    public static ByteBuffer activeNamespaces(int after) {
        ByteBuffer page = Page.of(BYTES);
        if (after == 0) page.putInt(0, 1);
        return page;
    }

    /// `type 1 | length 1 | reserved 2 | id`, one after the other: the NGUID and the UUID, which are the same.
    public static ByteBuffer descriptors(UUID uuid) {
        ByteBuffer page = Page.of(BYTES);
        page.put(0, (byte) 2).put(1, (byte) 16);
        putUuid(page, 4, uuid);
        page.put(20, (byte) 3).put(21, (byte) 16);
        putUuid(page, 24, uuid);
        return page;
    }

    public static UUID uuid(ByteBuffer page, int start) {
        ByteBuffer bigEndian = page.slice(start, 16);
        return new UUID(bigEndian.getLong(0), bigEndian.getLong(8));
    }

    private static void putUuid(ByteBuffer page, int start, UUID uuid) {
        page.slice(start, 16).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    /// Text in these pages is padded with spaces.
    private static void text(ByteBuffer page, int start, int length, String text) {
        byte[] padded = " ".repeat(length).getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, padded, 0, Math.min(bytes.length, length));
        page.put(start, padded);
    }
}
