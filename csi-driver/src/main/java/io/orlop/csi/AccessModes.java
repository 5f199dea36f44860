package io.orlop.csi;

import io.orlop.model.Refusal;
import io.orlop.stubs.csi.v1.VolumeCapability;
import java.util.List;
import java.util.Optional;

/// Which uses of a volume we can serve: on one node at a time, as a block device or with a file system.
final class AccessModes {
    private static final String REMEDY = "set one of SINGLE_NODE_*";

    private AccessModes() {}

    /// Why these cannot be served; empty if they can.
    static Optional<Refusal> objection(List<VolumeCapability> capabilities) {
        if (capabilities.isEmpty()) return objection("the request has no volume capability", "give at least one");
        return capabilities.stream()
                .flatMap(capability -> objection(capability).stream())
                .findFirst();
    }

    static Optional<Refusal> objection(VolumeCapability capability) {
        if (capability.getAccessTypeCase() == VolumeCapability.AccessTypeCase.ACCESSTYPE_NOT_SET) {
            return objection("a volume capability has no access type", "set block or mount");
        }
        VolumeCapability.AccessMode mode = capability.getAccessMode();
        return switch (mode.getMode()) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_READER_ONLY, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER ->
                Optional.empty();
            case UNKNOWN -> objection("a volume capability has no access mode", REMEDY);
            case MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
                objection(
                        "access mode %s is not supported, since a volume is used on one node at a time"
                                .formatted(mode.getMode()),
                        REMEDY);
            case UNRECOGNIZED -> objection("access mode %d is not known".formatted(mode.getModeValue()), REMEDY);
        };
    }

    private static Optional<Refusal> objection(String problem, String remedy) {
        return Optional.of(new Refusal.Invalid(problem, remedy));
    }
}
