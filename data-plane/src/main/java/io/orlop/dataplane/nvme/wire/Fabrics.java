package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The commands that exist only over a network: they open a queue and reach a controller's registers.
public final class Fabrics {
    public static final int OPCODE = 0x7F;

    public static final int PROPERTY_SET = 0x00;
    public static final int CONNECT = 0x01;
    public static final int PROPERTY_GET = 0x04;

    /// In a Connect for an admin queue: give me any controller.
    public static final int ANY_CONTROLLER = 0xFFFF;

    /// Of a Connect's attributes: a priority, of no meaning in the only arbitration there is; no flow control; and that
    /// the host could delete single queues, which it need not.
    private static final int ATTRIBUTES = 0x0F;

    private static final int DISABLE_FLOW_CONTROL = 0x04;

    private Fabrics() {}

    /// What a Connect command says beside its data.
    ///
    /// @param size the entries, less one
    public record Connect(int format, int queue, int size, int attributes, int keepAliveMs) {
        public static final int QUEUE_AT = 42;
        public static final int SIZE_AT = 44;
        public static final int ATTRIBUTES_AT = 46;

        public Connect(int format, int queue, int size, boolean flowControl, int keepAliveMs) {
            this(format, queue, size, flowControl ? 0 : DISABLE_FLOW_CONTROL, keepAliveMs);
        }

        public static Connect of(Command command) {
            return new Connect(
                    command.dw10() & 0xFFFF,
                    command.dw10() >>> 16,
                    command.dw11() & 0xFFFF,
                    command.dw11() >>> 16 & 0xFF,
                    command.dw12());
        }

        public boolean flowControl() {
            return (attributes & DISABLE_FLOW_CONTROL) == 0;
        }

        /// Whether it has attributes that mean nothing to us.
        public boolean asksForMore() {
            return (attributes & ~ATTRIBUTES) != 0;
        }

        public Command command() {
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
    public record ConnectData(UUID hostId, int controller, String subsystem, String host) {
        public static final int BYTES = 1024;
        public static final int HOST_ID_AT = 0;
        public static final int CONTROLLER_AT = 16;
        public static final int SUBSYSTEM_AT = 256;
        public static final int HOST_AT = 512;
        private static final int NAME_BYTES = 256;

        public static ConnectData at(ByteBuffer data) {
            ByteBuffer bytes = data.slice().order(ByteOrder.BIG_ENDIAN);
            UUID hostId = new UUID(bytes.getLong(0), bytes.getLong(8));
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return new ConnectData(
                    hostId, bytes.getShort(16) & 0xFFFF, name(bytes, SUBSYSTEM_AT), name(bytes, HOST_AT));
        }

        public ByteBuffer bytes() {
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

    public static Command propertyGet(Property property) {
        return Command.of(OPCODE, PROPERTY_GET, Sgl.NONE, property.wide() ? 1 : 0, property.offset(), 0);
    }

    public static Command propertySet(Property property, int value) {
        return Command.of(OPCODE, PROPERTY_SET, Sgl.NONE, property.wide() ? 1 : 0, property.offset(), value);
    }
}
