package io.orlop.control.leadership;

import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.loop.BackOff;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.table.Table;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a copy does only while it leads: on taking office it reads the tables anew, because its predecessor may have
/// written what the watches have not told yet, and then lets the loops run.
public final class Office implements LeadershipListener {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Ambient ambient;
    private final Leadership leadership;
    private final List<? extends Table<?, ?>> tables;
    private final List<? extends ReconcileLoop<?>> loops;
    private final AtomicReference<@Nullable Fence> taken = new AtomicReference<>();

    private Office(
            Ambient ambient,
            Leadership leadership,
            List<? extends Table<?, ?>> tables,
            List<? extends ReconcileLoop<?>> loops) {
        this.ambient = ambient;
        this.leadership = leadership;
        this.tables = List.copyOf(tables);
        this.loops = List.copyOf(loops);
    }

    /// Ties tables and loops to a leadership that is not started yet.
    public static Office of(
            Ambient ambient,
            Leadership leadership,
            List<? extends Table<?, ?>> tables,
            List<? extends ReconcileLoop<?>> loops) {
        var office = new Office(ambient, leadership, tables, loops);
        leadership.listen(office);
        return office;
    }

    /// Whether this copy leads and knows what its predecessors wrote: before that it must not decide anything.
    public boolean isTaken() {
        Fence known = taken.get();
        return known != null && leadership.fence().filter(known::equals).isPresent();
    }

    @Override
    public void acquired(Fence fence) {
        ambient.start("taking office " + fence.key(), () -> takeOffice(fence));
    }

    @Override
    public void lost(String why) {
        loops.forEach(ReconcileLoop::pause);
    }

    /// Whoever was slow to take an office that was lost meanwhile must not take the next one's place.
    private static Fence later(@Nullable Fence one, Fence other) {
        return one != null && one.createRevision() > other.createRevision() ? one : other;
    }

    private void takeOffice(Fence fence) {
        int failures = 0;
        try {
            while (leadership.fence().filter(fence::equals).isPresent()) {
                try {
                    tables.forEach(Table::refresh);
                    taken.accumulateAndGet(fence, Office::later);
                    loops.forEach(ReconcileLoop::resume);
                    // Lost while it was being taken: whoever lost it may have paused the loops already.
                    if (!leadership.isLeading()) loops.forEach(ReconcileLoop::pause);
                    return;
                } catch (StoreUnavailableException _) {
                    ambient.sleep(PATIENCE.after(++failures, ambient.random()));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
