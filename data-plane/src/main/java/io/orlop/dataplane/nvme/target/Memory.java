package io.orlop.dataplane.nvme.target;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.orlop.dataplane.nvme.wire.BufferPool;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.ReadBuffers;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What all NVMe/TCP targets of a process together may hold of its memory, by whom it is waited for:
///
/// ```
///   connections  ¼   a connection, as long as it lasts; where there is none, the next one is refused
///   arrived      ¼   commands that need nothing more of their host: only a device keeps it
///   asked for    ½   what is read for a host, until it is sent; data that a host was told to send
/// ```
///
/// A connection's reader waits for the second, and reads nothing meanwhile. An I/O queue's never waits for the third:
/// what it does not read may be what others wait for. Half of those two is for
/// reserves: as long as there are any, a connection has one in each, and gets on whatever the others do.
final class Memory {
    /// What a connection costs that says nothing: its buffers, its thread and what is known of it.
    static final int CONNECTION_BYTES = 16 << 10;

    /// What a command costs beside its data: a thread, for most of it.
    static final int COMMAND_BYTES = 2 << 10;

    /// Reserved for each I/O queue: two small writes, and the largest transfer.
    private static final int ARRIVED_RESERVE = 2 * (COMMAND_BYTES + Limits.IN_CAPSULE_BYTES);

    private static final int ASKED_FOR_RESERVE = COMMAND_BYTES + Limits.TRANSFER_BYTES;

    /// And for each admin queue: an identify page.
    private static final int PAGE_RESERVE = COMMAND_BYTES + IdentifyPages.BYTES;

    private static final long MOST = 512L << 20;

    static final Memory OF_PROCESS = new Memory(Math.min(MOST, directMax() / 4));

    private final Budget connections;
    private final Budget arrived;
    private final Budget askedFor;
    private final BufferPool pool = new BufferPool();

    Memory(long bytes) {
        connections = new Budget(bytes / 4, 0, CONNECTION_BYTES);
        arrived = new Budget(bytes / 8, bytes / 8, Limits.CONNECTION_BYTES);
        askedFor = new Budget(bytes / 4, bytes / 4, Limits.CONNECTION_BYTES);
    }

    /// A new connection's share, or nothing if there is no room for another.
    @Nullable
    Share open() {
        Budget.Account standing = connections.open();
        return standing.take(CONNECTION_BYTES) ? new Share(standing) : null;
    }

    /// Whether data is waited for that hosts hold up.
    boolean isShort() {
        return askedFor.isShort();
    }

    long size() {
        return connections.size() + arrived.size() + askedFor.size();
    }

    /// What is held or reserved.
    long taken() {
        return connections.taken() + arrived.taken() + askedFor.taken();
    }

    /// Direct memory is as large as the heap unless somebody said otherwise.
    private static long directMax() {
        long heap = Runtime.getRuntime().maxMemory();
        HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long said = Long.parseLong(vm.getVMOption("MaxDirectMemorySize").getValue());
        return said > 0 ? Math.min(said, heap) : heap;
    }

    /// One connection's part of it.
    final class Share implements ReadBuffers {
        private final Budget.Account standing;
        private final Budget.Account arrivedHere = arrived.open();
        private final Budget.Account askedForHere = askedFor.open();

        private Share(Budget.Account standing) {
            this.standing = standing;
            askedForHere.reserve(PAGE_RESERVE);
        }

        /// It is an I/O queue.
        void serveBlocks() {
            arrivedHere.reserve(ARRIVED_RESERVE);
            askedForHere.reserve(ASKED_FOR_RESERVE - PAGE_RESERVE);
        }

        /// For a command that has arrived with all that it brings.
        Lot arrived(int dataBytes) {
            return new Lot(arrivedHere, dataBytes, pool);
        }

        /// For what depends on its host.
        Lot askedFor(int dataBytes) {
            return new Lot(askedForHere, dataBytes, pool);
        }

        @Override
        public @Nullable ByteBuffer take(int bytes) {
            if (!askedForHere.take(bytes)) return null;
            ByteBuffer buffer = null;
            try {
                buffer = pool.take(bytes);
                return buffer;
            } finally {
                if (buffer == null) askedForHere.giveBack(bytes);
            }
        }

        @Override
        public void give(ByteBuffer buffer) {
            pool.give(buffer);
            askedForHere.giveBack(buffer.capacity());
        }

        /// Whoever waits for memory here gets none any more.
        void drop() {
            arrivedHere.close();
            askedForHere.close();
        }

        /// The connection has ended.
        void close() {
            arrivedHere.end();
            askedForHere.end();
            standing.giveBack(CONNECTION_BYTES);
        }
    }
}
