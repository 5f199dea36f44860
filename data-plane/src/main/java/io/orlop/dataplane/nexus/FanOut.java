package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Does something on several copies at once.
record FanOut(Ambient ambient) {
    interface Operation {
        void on(BlockDevice device) throws IOException;
    }

    /// Returns when it is over on each.
    List<Leg.Failure> over(List<Leg> legs, Operation operation) {
        if (legs.isEmpty()) return List.of();
        @Nullable IOException[] outcomes = new IOException[legs.size()];
        CountDownLatch others = new CountDownLatch(legs.size() - 1);
        for (int i = 1; i < legs.size(); i++) {
            int at = i;
            ambient.start("mirror", () -> {
                try {
                    outcomes[at] = outcome(legs.get(at), operation);
                } finally {
                    others.countDown();
                }
            });
        }
        outcomes[0] = outcome(legs.get(0), operation);
        awaitUninterruptibly(others);
        List<Leg.Failure> failed = new ArrayList<>();
        for (int i = 0; i < outcomes.length; i++) {
            IOException failure = outcomes[i];
            if (failure != null) failed.add(new Leg.Failure(legs.get(i), failure));
        }
        return failed;
    }

    private static @Nullable IOException outcome(Leg leg, Operation operation) {
        try {
            operation.on(leg.device());
            return null;
        } catch (IOException e) {
            return e;
        } catch (RuntimeException | Error e) {
            // Want of memory, for one: a copy that did not do it must not count as one that did.
            return new IOException(e);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
