package io.orlop.gateway.v0;

import io.orlop.model.Nexus;
import io.orlop.model.Pool;
import io.orlop.model.Replica;
import io.orlop.model.Volume;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Volumes;
import java.util.Objects;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Everything that is promised.
@RestController
class SpecController {
    private final Volumes volumes;
    private final Nexuses nexuses;
    private final Pools pools;
    private final SpecMapper views;
    private final VolumeMapper volumeViews;

    SpecController(Volumes volumes, Nexuses nexuses, Pools pools, SpecMapper views, VolumeMapper volumeViews) {
        this.volumes = volumes;
        this.nexuses = nexuses;
        this.pools = pools;
        this.views = views;
        this.volumeViews = volumeViews;
    }

    @GetMapping("/v0/specs")
    @WholeList
    SpecsView specs() {
        return new SpecsView(
                nexuses.nexuses()
                        .map(Nexus::spec)
                        .filter(Objects::nonNull)
                        .map(views::nexus)
                        .toList(),
                pools.pools()
                        .map(Pool::spec)
                        .filter(Objects::nonNull)
                        .map(views::pool)
                        .toList(),
                pools.replicas()
                        .map(Replica::spec)
                        .filter(Objects::nonNull)
                        .map(views::replica)
                        .toList(),
                volumes.volumes().map(Volume::spec).map(volumeViews::spec).toList());
    }
}
