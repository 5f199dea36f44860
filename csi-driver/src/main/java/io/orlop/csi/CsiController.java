package io.orlop.csi;

import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;

/// The CSI controller, built from the ports of the services it translates to. It keeps nothing of its own.
public final class CsiController {
    private final Provisioning provisioning;
    private final Attachment attachment;
    private final VolumeListing listing;
    private final CapacityReport capacity;

    public CsiController(Volumes volumes, Pools pools, Registry registry) {
        this.provisioning = new Provisioning(volumes, pools);
        this.attachment = new Attachment(volumes, registry);
        this.listing = new VolumeListing(volumes);
        this.capacity = new CapacityReport(pools, registry);
    }

    Provisioning provisioning() {
        return provisioning;
    }

    Attachment attachment() {
        return attachment;
    }

    VolumeListing listing() {
        return listing;
    }

    CapacityReport capacity() {
        return capacity;
    }
}
