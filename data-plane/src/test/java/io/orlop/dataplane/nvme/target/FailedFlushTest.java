package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;


import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.IoOpcode;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Linux sends a command up to five times more that was answered without "do not retry". What a failed flush may have
/// lost does not come back by asking again, so the second answer must not be another.
class FailedFlushTest {
    private static final int DO_NOT_RETRY = 0x8000;
    private static final Command FLUSH = Command.of(IoOpcode.FLUSH.code(), 1, Sgl.NONE, 0, 0, 0);

    private final AtomicInteger failing = new AtomicInteger(1);
    private final MemoryDevice device = new MemoryDevice(512, 1000) {
        @Override
        public void flush() throws IOException {
            if (failing.getAndDecrement() > 0) throw new IOException("the disk forgot what it was told");
            super.flush();
        }
    };

    @Test
    void isFinalAndStaysForAsLongAsTheController() throws Exception {
        try (Rig rig = new Rig(device);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1);
                RawHost other = RawHost.io(rig, admin, Rig.HOST, 2)) {
            assertThat(field(io, FLUSH, null)).isEqualTo(Status.WRITE_FAULT.field() | DO_NOT_RETRY);
            assertThat(field(io, FLUSH, null)).isEqualTo(Status.WRITE_FAULT.field() | DO_NOT_RETRY);
            assertThat(field(other, FLUSH, null)).isEqualTo(Status.WRITE_FAULT.field() | DO_NOT_RETRY);

            try (RawHost again = RawHost.admin(rig, Rig.HOST, 0);
                    RawHost anew = RawHost.io(rig, again, Rig.HOST, 1)) {
                assertThat(field(anew, FLUSH, null)).isZero();
            }
        }
    }

    @Test
    void isFinalWhereAWriteAskedForIt() throws Exception {
        try (Rig rig = new Rig(device);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            Command durable = Command.of(0x01, 1, Sgl.inCapsule(512), 0, 0, Command.FORCE_UNIT_ACCESS);
            assertThat(field(io, durable, ByteBuffer.allocate(512)))
                    .isEqualTo(Status.WRITE_FAULT.field() | DO_NOT_RETRY);
            assertThat(field(io, FLUSH, null)).isEqualTo(Status.WRITE_FAULT.field() | DO_NOT_RETRY);
            // It promised nothing about durability.
            assertThat(field(io, Command.of(0x01, 1, Sgl.inCapsule(512), 0, 0, 0), ByteBuffer.allocate(512)))
                    .isZero();
        }
    }

    @Test
    void losesTheDeviceThatStandsForIt() throws Exception {
        try (Rig rig = new Rig(device);
                NvmeDevice remote = rig.connect();
                NvmeDevice anew = rig.connect()) {
            assertThatIOException().isThrownBy(remote::flush).withMessageContaining("write fault");
            assertThat(remote.lost()).isTrue();
            anew.flush();
            assertThat(anew.lost()).isFalse();
        }
    }

    @Test
    void aFailedWriteMayBeTriedAgain() throws Exception {
        AtomicInteger failures = new AtomicInteger(1);
        MemoryDevice bad = new MemoryDevice(512, 1000) {
            @Override
            public void write(long offset, ByteBuffer from) throws IOException {
                if (failures.getAndDecrement() > 0) throw new IOException("not now");
                super.write(offset, from);
            }
        };
        Command write = Command.of(0x01, 1, Sgl.inCapsule(512), 0, 0, 0);
        try (Rig rig = new Rig(bad);
                RawHost admin = RawHost.admin(rig, Rig.HOST, 0);
                RawHost io = RawHost.io(rig, admin, Rig.HOST, 1)) {
            assertThat(field(io, write, ByteBuffer.allocate(512))).isEqualTo(Status.WRITE_FAULT.field());
            assertThat(field(io, write, ByteBuffer.allocate(512))).isZero();
        }
    }

    private static int field(RawHost host, Command command, @org.jspecify.annotations.Nullable ByteBuffer data)
            throws IOException {
        return host.ask(command, data).statusField();
    }
}
