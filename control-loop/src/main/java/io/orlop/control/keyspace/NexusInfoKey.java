package io.orlop.control.keyspace;

import io.orlop.model.NexusId;
import io.orlop.model.Refusal;
import io.orlop.model.VolumeId;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Names what a nexus keeps of its children, below [Layout#nexusInfos()]. The agent writes it, and it outlives its
/// nexus: the next one is built by it.
///
/// @param volume for a nexus made by hand, its own uuid
public record NexusInfoKey(VolumeId volume, NexusId nexus) implements Comparable<NexusInfoKey> {
    private static final Pattern FORM = Pattern.compile("([^/]+)/nexus/([^/]+)/info");
    /// UUIDs are compared as signed numbers.
    private static final NexusId LEAST = new NexusId(new UUID(Long.MIN_VALUE, Long.MIN_VALUE));

    private static final Comparator<NexusInfoKey> ORDER =
            Comparator.comparing(NexusInfoKey::volume).thenComparing(NexusInfoKey::nexus);

    public static NexusInfoKey of(@Nullable VolumeId owner, NexusId nexus) {
        return new NexusInfoKey(owner == null ? new VolumeId(nexus.uuid()) : owner, nexus);
    }

    /// The least key that a volume's infos can have: where a walk over them begins.
    public static NexusInfoKey first(VolumeId volume) {
        return new NexusInfoKey(volume, LEAST);
    }

    /// Reads what [#toString()] wrote.
    public static NexusInfoKey of(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new Refusal.Invalid(
                            "'%s' does not name a nexus's info".formatted(text),
                            "write it as {volume}/nexus/{nexus}/info")
                    .exception();
        }
        return new NexusInfoKey(VolumeId.of(parts.group(1)), NexusId.of(parts.group(2)));
    }

    @Override
    public int compareTo(NexusInfoKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return volume + "/nexus/" + nexus + "/info";
    }
}
