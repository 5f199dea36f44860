package io.orlop.dataplane.nvme.wire;

import io.orlop.dataplane.nvme.wire.ProtocolException.Reason;
import java.nio.ByteBuffer;

/// One protocol data unit's header. Its data, if any, travels beside it ([PduReader], [PduWriter]).
///
/// ```
///   0  type           1     then what the type says, up to the header's length;
///   1  flags          1     then, as agreed, the header's digest, the data, the data's digest
///   2  header length  1
///   3  data offset    1
///   4  whole length   4     (little endian, like everything here)
/// ```
public sealed interface Pdu {
    int COMMON_BYTES = 8;

    /// What every controller takes of a host's data at once.
    int HOST_DATA_MIN = 4096;

    int HEADER_DIGEST = 0x01;
    int DATA_DIGEST = 0x02;
    int LAST = 0x04;
    int SUCCESS = 0x08;

    PduType type();

    /// The flags beside those of the digests.
    default int flags() {
        return 0;
    }

    /// Writes what follows the common header; reserved bytes at the end may be left out.
    void put(ByteBuffer bytes);

    /// Reads the PDU of this type whose header starts here.
    static Pdu at(ByteBuffer bytes, int start, PduType type) {
        int flags = bytes.get(start + 1);
        return switch (type) {
            case INITIALIZE_REQUEST ->
                new InitializeRequest(
                        bytes.getShort(start + 8) & 0xFFFF,
                        bytes.get(start + 10) & 0xFF,
                        bytes.get(start + 11) & 0xFF,
                        bytes.getInt(start + 12));
            case INITIALIZE_RESPONSE ->
                new InitializeResponse(
                        bytes.getShort(start + 8) & 0xFFFF,
                        bytes.get(start + 10) & 0xFF,
                        digests(bytes.get(start + 11)),
                        bytes.getInt(start + 12));
            case HOST_TERMINATES, CONTROLLER_TERMINATES ->
                new Terminate(type, bytes.getShort(start + 8) & 0xFFFF, bytes.getInt(start + 10));
            case COMMAND -> new CommandCapsule(Command.at(bytes, start + COMMON_BYTES));
            case RESPONSE -> new ResponseCapsule(Completion.at(bytes, start + COMMON_BYTES));
            case HOST_DATA, CONTROLLER_DATA ->
                new Data(
                        type,
                        bytes.getShort(start + 8) & 0xFFFF,
                        bytes.getShort(start + 10) & 0xFFFF,
                        bytes.getInt(start + 12),
                        bytes.getInt(start + 16),
                        flags & (LAST | SUCCESS));
            case READY_TO_TRANSFER ->
                new ReadyToTransfer(
                        bytes.getShort(start + 8) & 0xFFFF,
                        bytes.getShort(start + 10) & 0xFFFF,
                        bytes.getInt(start + 12),
                        bytes.getInt(start + 16));
        };
    }

    private static Digests digests(int bits) {
        return new Digests((bits & 1) != 0, (bits & 2) != 0);
    }

    private static int bits(Digests digests) {
        return (digests.header() ? 1 : 0) | (digests.data() ? 2 : 0);
    }

    /// The first word of a host: `format 2 | alignment 1 | digests 1 | transfers at once, minus one 4`.
    record InitializeRequest(int format, int alignment, int digestBits, int transfers) implements Pdu {
        private static final int DIGEST_BITS = 0x3;

        public InitializeRequest(int format, int alignment, Digests digests, int transfers) {
            this(format, alignment, bits(digests), transfers);
        }

        /// How the controller then frames what it sends. It asks for a command's data once, so any number of transfers
        /// will do.
        ///
        /// @throws ProtocolException if it asks for what there is not
        public Framing framing() throws ProtocolException {
            if (format != 0) throw new ProtocolException(Reason.UNSUPPORTED_PARAMETER, 8, "format " + format);
            if (alignment > Framing.ALIGNMENT_MAX) {
                throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 10, "alignment " + alignment);
            }
            if ((digestBits & ~DIGEST_BITS) != 0) {
                throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 11, "digests " + digestBits);
            }
            return new Framing(Pdu.digests(digestBits), alignment);
        }

        @Override
        public PduType type() {
            return PduType.INITIALIZE_REQUEST;
        }

        @Override
        public void put(ByteBuffer bytes) {
            bytes.putShort((short) format).put((byte) alignment).put((byte) digestBits);
            bytes.putInt(transfers);
        }
    }

    /// And the answer: `format 2 | alignment 1 | digests 1 | largest host data 4`.
    record InitializeResponse(int format, int alignment, Digests digests, int hostDataMax) implements Pdu {
        /// How the host then frames what it sends.
        ///
        /// @param asked the digests that the host asked for, and insists on
        /// @throws ProtocolException if it asks for what there is not
        public Framing framing(Digests asked) throws ProtocolException {
            if (format != 0) throw new ProtocolException(Reason.UNSUPPORTED_PARAMETER, 8, "format " + format);
            if (alignment > Framing.ALIGNMENT_MAX) {
                throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 10, "alignment " + alignment);
            }
            if (!digests.equals(asked)) {
                throw new ProtocolException(
                        Reason.INVALID_HEADER_FIELD, 11, "%s where we asked for %s".formatted(digests, asked));
            }
            boolean fits = Integer.compareUnsigned(hostDataMax, HOST_DATA_MIN) >= 0 && hostDataMax % 4 == 0;
            if (!fits) throw new ProtocolException(Reason.INVALID_HEADER_FIELD, 12, "data of at most " + hostDataMax);
            return new Framing(digests, alignment);
        }

        @Override
        public PduType type() {
            return PduType.INITIALIZE_RESPONSE;
        }

        @Override
        public void put(ByteBuffer bytes) {
            bytes.putShort((short) format).put((byte) alignment).put((byte) bits(digests));
            bytes.putInt(hostDataMax);
        }
    }

    /// The last word of either side, with the offending header as data: `reason 2 | detail 4`.
    record Terminate(PduType type, int reason, int detail) implements Pdu {
        @Override
        public void put(ByteBuffer bytes) {
            bytes.putShort((short) reason).putInt(detail);
        }
    }

    record CommandCapsule(Command command) implements Pdu {
        @Override
        public PduType type() {
            return PduType.COMMAND;
        }

        @Override
        public void put(ByteBuffer bytes) {
            command.put(bytes);
        }
    }

    record ResponseCapsule(Completion completion) implements Pdu {
        @Override
        public PduType type() {
            return PduType.RESPONSE;
        }

        @Override
        public void put(ByteBuffer bytes) {
            completion.put(bytes);
        }
    }

    /// A piece of a command's data, either way: `command id 2 | transfer tag 2 | offset 4 | length 4`.
    /// From a controller, [Pdu#SUCCESS] with the last piece saves the response capsule.
    record Data(PduType type, int command, int tag, int offset, int length, int flags) implements Pdu {
        public static Data toHost(int command, int length, int flags) {
            return new Data(PduType.CONTROLLER_DATA, command, 0, 0, length, flags);
        }

        @Override
        public void put(ByteBuffer bytes) {
            bytes.putShort((short) command).putShort((short) tag).putInt(offset).putInt(length);
        }

        public boolean last() {
            return (flags & LAST) != 0;
        }

        public boolean success() {
            return (flags & SUCCESS) != 0;
        }
    }

    /// The controller's leave to send a write's data: `command id 2 | transfer tag 2 | offset 4 | length 4`.
    record ReadyToTransfer(int command, int tag, int offset, int length) implements Pdu {
        @Override
        public PduType type() {
            return PduType.READY_TO_TRANSFER;
        }

        @Override
        public void put(ByteBuffer bytes) {
            bytes.putShort((short) command).putShort((short) tag).putInt(offset).putInt(length);
        }
    }
}
