package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.Writes;
import io.orlop.model.NexusInfo;
import io.orlop.model.Publication;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.json.JsonDocument;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Removes what nexuses wrote of their children once nobody can need it: the nexus is gone, and so is its volume, or it
/// was served by another since.
///
/// ```
///   nexus serves ──► destroyed ──► needed, to build the next ──┬── the next serves ──────┬──► removed
///                                                              └── the volume is deleted ┘
/// ```
///
/// A nexus writes before it is seen, so nothing is removed that looked needless for a short while only.
final class InfoSweep implements Reconciler<NexusInfoKey> {
    private final Ambient ambient;
    private final Duration grace;
    private final Keyspace keyspace;
    private final String volumePrefix;
    private final String nexusPrefix;
    private final Table<NexusInfoKey, NexusInfo> infos;
    private final NexusBook book;
    private final Landscape landscape;
    private final FencedWriter writer;
    private final Map<NexusInfoKey, Long> needlessSinceNanos = new ConcurrentSkipListMap<>();

    /// @param grace longer than it takes until a new nexus is seen
    InfoSweep(
            Ambient ambient,
            Duration grace,
            Keyspace keyspace,
            String volumePrefix,
            String nexusPrefix,
            Table<NexusInfoKey, NexusInfo> infos,
            NexusBook book,
            Landscape landscape,
            FencedWriter writer) {
        this.ambient = ambient;
        this.grace = grace;
        this.keyspace = keyspace;
        this.volumePrefix = volumePrefix;
        this.nexusPrefix = nexusPrefix;
        this.infos = infos;
        this.book = book;
        this.landscape = landscape;
        this.writer = writer;
    }

    Collection<NexusInfoKey> dirty() {
        return infos.all().keySet().stream().filter(this::withoutNexus).toList();
    }

    @Override
    public Outcome reconcile(NexusInfoKey key) {
        Optional<Stored<NexusInfo>> written = infos.get(key);
        if (written.isEmpty() || !withoutNexus(key) || needed(key)) {
            needlessSinceNanos.remove(key);
            return Outcome.settled();
        }
        long now = ambient.nanos();
        long left = needlessSinceNanos.computeIfAbsent(key, _ -> now) + grace.toNanos() - now;
        if (left > 0) return Outcome.again(Duration.ofNanos(left));
        needlessSinceNanos.remove(key);
        writer.commit(new Writes().remove(infos, key, written.get()));
        return Outcome.settled();
    }

    private boolean withoutNexus(NexusInfoKey key) {
        return book.find(key.nexus()).isEmpty() && landscape.state(key.nexus()).isEmpty();
    }

    /// Asked of the store itself: a watch that is late would take for forgotten what is just about to be needed.
    private boolean needed(NexusInfoKey key) {
        if (keyspace.get(nexusPrefix + key.nexus()).isPresent()) return true;
        return keyspace.get(volumePrefix + key.volume())
                .map(found -> JsonDocument.VOLUME.decode(found.value()))
                .filter(volume -> names(volume, key))
                .isPresent();
    }

    private static boolean names(VolumeSpec volume, NexusInfoKey key) {
        boolean promised = volume.operation() != null
                && volume.operation().operation() instanceof VolumeOperation.Publish(Publication.Published target)
                && target.nexus().equals(key.nexus());
        return promised || key.nexus().equals(volume.lastNexus());
    }
}
