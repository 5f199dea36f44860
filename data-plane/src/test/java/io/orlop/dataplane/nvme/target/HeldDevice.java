package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Warrant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A device whose first write hangs, as on a dying disk, until a test lets it go on.
public final class HeldDevice extends MemoryDevice {
    /// Reached when the write hangs.
    public final CountDownLatch hanging = new CountDownLatch(1);

    /// Lets it go on.
    public final CountDownLatch goOn = new CountDownLatch(1);

    /// By whose leave the device was used, in the order of asking.
    public final List<Warrant> warrants = new CopyOnWriteArrayList<>();

    public HeldDevice() {
        super(512, 1000);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        if (hanging.getCount() > 0) {
            hanging.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        super.write(offset, from);
    }

    @Override
    public BlockDevice under(Warrant warrant) {
        warrants.add(warrant);
        return this;
    }
}
