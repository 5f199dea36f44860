package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.model.NexusId;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.json.JsonDocument;

/// Whether a volume names a nexus: as the target that it was promised, or as the one that served it last.
final class Wanted {
    private final Keyspace keyspace;
    private final String volumePrefix;

    Wanted(Keyspace keyspace, String volumePrefix) {
        this.keyspace = keyspace;
        this.volumePrefix = volumePrefix;
    }

    /// Asked of the store itself: a watch that is late would take for forgotten what is just about to be needed.
    boolean by(VolumeId volume, NexusId nexus) {
        return keyspace.get(volumePrefix + volume)
                .map(found -> JsonDocument.VOLUME.decode(found.value()))
                .filter(spec -> names(spec, nexus))
                .isPresent();
    }

    static boolean names(VolumeSpec volume, NexusId nexus) {
        boolean promised = volume.operation() != null
                && volume.operation().operation() instanceof VolumeOperation.Publish publish
                && publish.target().nexus().equals(nexus);
        return promised || nexus.equals(volume.lastNexus());
    }
}
