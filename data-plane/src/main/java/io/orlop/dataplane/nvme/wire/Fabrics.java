package io.orlop.dataplane.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The commands that exist only over a network: they open a queue and reach a controller's registers.
final class Fabrics {
    static final int OPCODE = 0x7F;

    static final int PROPERTY_SET = 0x00;
    static final int CONNECT = 0x01;
    static final int PROPERTY_GET = 0x04;

    /// In a Connect for an admin queue: give me any controller.
    static final int ANY_CONTROLLER = 0xFFFF;

    /// Of a Connect's attributes: a priority, of no meaning in the only arbitration there is; no flow control; and that
    /// the host could delete single queues, which it need not.
    private static final int ATTRIBUTES = 0x0F;

    private static final int DISABLE_FLOW_CONTROL = 0x04;

    private Fabrics() {}

    /// What a Connect command says beside its data.
    ///
    /// @param size the entries, less one
    record Connect(int format, int queue, int size, int attributes, int keepAliveMs) {
        static final int QUEUE_AT = 42;
        static final int SIZE_AT = 44;
        static final int ATTRIBUTES_AT = 46;

        Connect(int format, int queue, int size, boolean flowControl, int keepAliveMs) {
            this(format, queue, size, flowControl ? 0 : DISABLE_FLOW_CONTROL, keepAliveMs);
        }

        static Connect of(Command command) {
            return new Connect(
                    command.dw10() & 0xFFFF,
                    command.dw10() >>> 16,
                    command.dw11() & 0xFFFF,
                    command.dw11() >>> 16 & 0xFF,
                    command.dw12());
        }

        boolean flowControl() {
            return (attributes & DISABLE_FLOW_CONTROL) == 0;
        }

        /// Whether it has attributes that mean nothing to us.
        boolean asksForMore() {
            return (attributes & ~ATTRIBUTES) != 0;
        }

        Command command() {
            return Command.of(
                    OPCODE,
                    CONNECT,
                    Sgl.inCapsule(ConnectData.BYTES),
                    format | queue << 16,
                    size | attributes << 16,
                    keepAliveMs);
        }
    }

    /// A Connect command's data.
    ///
    /// ```
    ///    0  host id        16
    ///   16  controller id   2
    ///  256  subsystem NQN 256   both end with a zero
    ///  512  host NQN      256
    /// ```
    record ConnectData(UUID hostId, int controller, String subsystem, String host) {
        static final int BYTES = 1024;
        static final int HOST_ID_AT = 0;
        static final int CONTROLLER_AT = 16;
        static final int SUBSYSTEM_AT = 256;
        static final int HOST_AT = 512;
        private static final int NAME_BYTES = 256;

        static ConnectData at(ByteBuffer data) {
            ByteBuffer bytes = data.slice().order(ByteOrder.BIG_ENDIAN);
            UUID hostId = new UUID(bytes.getLong(0), bytes.getLong(8));
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return new ConnectData(
                    hostId, bytes.getShort(16) & 0xFFFF, name(bytes, SUBSYSTEM_AT), name(bytes, HOST_AT));
        }

        ByteBuffer bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            bytes.putLong(hostId.getMostSignificantBits()).putLong(hostId.getLeastSignificantBits());
            bytes.order(ByteOrder.LITTLE_ENDIAN).putShort((short) controller);
            bytes.put(SUBSYSTEM_AT, subsystem.getBytes(StandardCharsets.UTF_8));
            bytes.put(HOST_AT, host.getBytes(StandardCharsets.UTF_8));
            return bytes.position(0);
        }

        private static String name(ByteBuffer bytes, int start) {
            byte[] name = new byte[NAME_BYTES];
            bytes.get(start, name);
            int length = 0;
            while (length < NAME_BYTES && name[length] != 0) length++;
            return new String(name, 0, length, StandardCharsets.UTF_8);
        }
    }

    static Command propertyGet(Property property) {
        return Command.of(OPCODE, PROPERTY_GET, Sgl.NONE, property.wide() ? 1 : 0, property.offset(), 0);
    }

    static Command propertySet(Property property, int value) {
        return Command.of(OPCODE, PROPERTY_SET, Sgl.NONE, property.wide() ? 1 : 0, property.offset(), value);
    }
}
