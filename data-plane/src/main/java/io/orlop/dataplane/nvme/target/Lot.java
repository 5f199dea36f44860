package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.BufferPool;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The memory of one command: first a claim to it, then, once it is granted, its buffer. Given back once.
final class Lot {
    private final Budget.Account account;
    private final BufferPool pool;
    private final int dataBytes;
    private final int charge;
    private @Nullable ByteBuffer data;

    Lot(Budget.Account account, int dataBytes, BufferPool pool) {
        this.account = account;
        this.pool = pool;
        this.dataBytes = dataBytes;
        this.charge = Memory.COMMAND_BYTES + (dataBytes == 0 ? 0 : BufferPool.classOf(dataBytes));
    }

    /// @return whether it is granted, as it mostly is; if not, it must be claimed
    boolean take() {
        return account.take(charge);
    }

    /// @return whether it was granted at once; if not, the waiter hears of it
    boolean claim(Budget.Waiter waiter) {
        return account.claim(charge, waiter);
    }

    /// Once granted: a buffer with this command's bytes remaining, the same each time. Its content is anybody's.
    ByteBuffer data() {
        ByteBuffer mine = data;
        if (mine == null) {
            mine = pool.take(dataBytes);
            data = mine;
        }
        return mine;
    }

    /// Once granted and no longer needed.
    void giveBack() {
        if (data != null) pool.give(data);
        data = null;
        account.giveBack(charge);
    }
}
