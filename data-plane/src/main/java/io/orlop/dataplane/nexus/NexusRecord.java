package io.orlop.dataplane.nexus;

import io.orlop.model.NexusInfo;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Writes down which copies are whole, trying again for as long as a host can be kept waiting.
///
/// Every write takes the place of the one before and of no other, so that one which was given up, and comes late, does
/// nothing. And every change of a copy has a number above all that were on record when the nexus began: of two nexuses
/// with one record the later has the greater ones, and the earlier stops when it sees them.
///
/// One call at a time.
final class NexusRecord {
    private static final Duration TRY = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final String key;
    private final NexusInfoStore store;
    private final Ambient ambient;
    private final UUID writer;
    private final AtomicLong epochs = new AtomicLong();
    private long revision;
    private long known;
    private volatile @Nullable String over;

    NexusRecord(String key, NexusInfoStore store, Ambient ambient) {
        this.key = key;
        this.store = store;
        this.ambient = ambient;
        RandomGenerator random = ambient.random();
        this.writer = new UUID(random.nextLong(), random.nextLong());
    }

    /// Reads what was left under this key. To be called first.
    ///
    /// @throws IOException if the store did not answer for half a minute
    @Nullable
    NexusInfo claim() throws IOException {
        NexusInfoStore.Kept kept = insist(atMost -> store.read(key, atMost));
        NexusInfo before = kept.info();
        revision = kept.revision();
        known = before == null ? 0 : before.latestEpoch();
        epochs.set(known);
        return before;
    }

    /// The number of a change that happens now.
    long nextEpoch() {
        return epochs.incrementAndGet();
    }

    /// Writes nothing down any more.
    void abandon() {
        over = "abandoned";
    }

    /// @throws IOException if the store did not take it for half a minute, or another nexus began to write there
    void save(boolean cleanShutdown, List<Child> children) throws IOException {
        NexusInfo info = new NexusInfo(
                cleanShutdown,
                children.stream()
                        .map(child -> new NexusInfo.Child(child.uuid, child.synced(), child.epoch()))
                        .toList(),
                writer);
        insist(atMost -> taken(store.replace(key, revision, info, atMost), info));
    }

    /// @return the record, once it is ours; nothing yet while another has to be replaced
    private NexusInfoStore.@Nullable Kept taken(NexusInfoStore.Kept now, NexusInfo info) {
        Claim claim = Claim.of(now.info(), info, known);
        if (claim == Claim.SUPERSEDED) over = "another nexus writes " + key;
        else revision = now.revision();
        if (claim != Claim.KEPT) return null;
        known = info.latestEpoch();
        return now;
    }

    private interface Call {
        NexusInfoStore.@Nullable Kept within(Duration atMost) throws IOException;
    }

    private NexusInfoStore.Kept insist(Call call) throws IOException {
        Patience patience = Patience.ofHosts(ambient);
        while (true) {
            String why = over;
            if (why != null) throw new IOException(why);
            try {
                NexusInfoStore.Kept kept = call.within(patience.left(TRY));
                if (kept != null) return kept;
                if (patience.over()) throw new IOException("others go on writing " + key);
            } catch (IOException e) {
                if (patience.over()) throw e;
                pause(e);
            }
        }
    }

    private void pause(IOException why) throws IOException {
        try {
            ambient.sleep(BETWEEN_TRIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
