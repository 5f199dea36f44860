package io.orlop.csi;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From the name that CSI gives a volume to the uuid it has with us. The same name is the same uuid for ever: that is
/// what makes creating idempotent.
///
/// ```
/// pvc-3f1e…-…        the uuid after the dash: what the provisioner sends
/// any other name     a uuid made of the name
/// ```
final class VolumeNames {
    private static final Pattern CLAIM =
            Pattern.compile("pvc-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})");
    /// What CSI forbids in a name: control characters other than tab, line feed and carriage return.
    private static final Pattern FORBIDDEN = Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F]");

    private static final int LONGEST = 128;

    private VolumeNames() {}

    static VolumeId uuidOf(String name) {
        if (name.isEmpty()) {
            throw new Refusal.Invalid("the request has no volume name", "give one").exception();
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST) {
            throw new Refusal.Invalid(
                            "the volume name '%s…' is %d bytes long".formatted(name.substring(0, 16), length),
                            "use at most " + LONGEST)
                    .exception();
        }
        if (FORBIDDEN.matcher(name).find()) {
            throw new Refusal.Invalid("the volume name has control characters in it", "leave them out").exception();
        }
        Matcher claim = CLAIM.matcher(name);
        return new VolumeId(
                claim.matches()
                        ? UUID.fromString(claim.group(1))
                        : UUID.nameUUIDFromBytes(("orlop/csi/volume/" + name).getBytes(StandardCharsets.UTF_8)));
    }

    /// The volume that an id names; empty if it cannot be one of ours, which to CSI is a volume that is not there.
    static Optional<VolumeId> known(String id) {
        if (id.isEmpty()) {
            throw new Refusal.Invalid("the request has no volume id", "give the id that CreateVolume answered")
                    .exception();
        }
        try {
            return Optional.of(VolumeId.of(id));
        } catch (RefusalException notOurs) {
            return Optional.empty();
        }
    }
}
