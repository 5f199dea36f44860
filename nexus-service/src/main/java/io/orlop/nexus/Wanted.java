package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.model.NexusId;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.json.JsonDocument;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a volume names a nexus: as the target that it was promised, or as the one that served it last.
final class Wanted {
    private final Keyspace keyspace;
    private final String volumePrefix;

    Wanted(Keyspace keyspace, String volumePrefix) {
        this.keyspace = keyspace;
        this.volumePrefix = volumePrefix;
    }

    /// Whether it is to serve the volume.
    boolean by(VolumeId volume, NexusId nexus) {
        return stored(volume).filter(spec -> names(spec, nexus)).isPresent();
    }

    /// Whether what it wrote is needed yet.
    boolean recordBy(VolumeId volume, NexusId nexus) {
        return stored(volume).filter(spec -> needsRecord(spec, nexus)).isPresent();
    }

    /// Asked of the store itself: a watch that is late would take for forgotten what is just about to be needed.
    private Optional<VolumeSpec> stored(VolumeId volume) {
        return keyspace.get(volumePrefix + volume).map(found -> JsonDocument.VOLUME.decode(found.value()));
    }

    private static boolean names(VolumeSpec volume, NexusId nexus) {
        return pending(volume) instanceof VolumeOperation.Publish(var target, var _)
                        && target.nexus().equals(nexus)
                || nexus.equals(volume.lastNexus());
    }

    /// One that is being taken back may have served: what it wrote tells.
    static boolean needsRecord(VolumeSpec volume, NexusId nexus) {
        return names(volume, nexus)
                || pending(volume) instanceof VolumeOperation.Abandon(var target)
                        && target.nexus().equals(nexus);
    }

    private static @Nullable VolumeOperation pending(VolumeSpec volume) {
        return volume.operation() == null ? null : volume.operation().operation();
    }
}
