package io.orlop.gateway.v0;

import io.orlop.model.NodeId;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.UnpublishVolume;
import io.orlop.wire.service.Volumes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class VolumeController {
    private final Volumes volumes;
    private final VolumeMapper views;
    private final RebuildMapper rebuilds;

    VolumeController(Volumes volumes, VolumeMapper views, RebuildMapper rebuilds) {
        this.volumes = volumes;
        this.views = views;
        this.rebuilds = rebuilds;
    }

    @GetMapping("/v0/volumes")
    @WholeList
    VolumesView volumes(
            @RequestParam(name = "volume_id", required = false) @Nullable String volume,
            @RequestParam(name = "max_entries", defaultValue = "0") int most,
            @RequestParam(name = "starting_token", defaultValue = "0") int start) {
        if (volume != null) return new VolumesView(List.of(volume(volume)), null);
        NumberedPage<Volume> page = volumes.walked(start, most);
        return new VolumesView(page.entries().stream().map(views::volume).toList(), page.next());
    }

    @GetMapping("/v0/volumes/{id}")
    VolumeView volume(@PathVariable String id) {
        return views.volume(volumes.volume(VolumeId.of(id)));
    }

    @PutMapping("/v0/volumes/{id}")
    VolumeView create(@PathVariable String id, @RequestBody CreateVolumeBody body) {
        return views.volume(volumes.create(new CreateVolume(VolumeId.of(id), body.shape())));
    }

    @DeleteMapping("/v0/volumes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String id) {
        volumes.delete(VolumeId.of(id));
    }

    @PutMapping("/v0/volumes/{id}/target")
    VolumeView publish(@PathVariable String id, @RequestBody PublishVolumeBody body) {
        return views.volume(volumes.publish(
                VolumeId.of(id),
                new PublishVolume(
                        body.node() == null ? null : new NodeId(body.node()),
                        Body.protocol(Body.required(body.protocol(), "protocol")),
                        Body.orNone(body.frontendNode()),
                        Body.orFalse(body.republish()),
                        Body.orFalse(body.reuseExisting()))));
    }

    @DeleteMapping("/v0/volumes/{id}/target")
    VolumeView unpublish(@PathVariable String id, @RequestParam(defaultValue = "false") boolean force) {
        return views.volume(volumes.unpublish(VolumeId.of(id), new UnpublishVolume(force, null)));
    }

    @PutMapping("/v0/volumes/{id}/replica_count/{count}")
    VolumeView replicaCount(@PathVariable String id, @PathVariable int count) {
        return views.volume(volumes.setReplicaCount(VolumeId.of(id), count));
    }

    @PutMapping("/v0/volumes/{id}/property")
    VolumeView property(@PathVariable String id, @RequestBody SetVolumePropertyBody body) {
        return views.volume(
                volumes.setMaxSnapshots(VolumeId.of(id), Body.required(body.maxSnapshots(), "max_snapshots")));
    }

    @GetMapping("/v0/volumes/{id}/rebuild-history")
    RebuildHistoryView rebuildHistory(@PathVariable String id) {
        var volume = VolumeId.of(id);
        List<RebuildHistoryView.Entry> records =
                volumes.rebuildHistory(volume).stream().map(rebuilds::entry).toList();
        return new RebuildHistoryView(target(volume), records);
    }

    /// History is the nexus's, which serves the volume, or served it a moment ago.
    private String target(VolumeId volume) {
        VolumeSpec spec = volumes.volume(volume).spec();
        return switch (spec.publication()) {
            case Publication.Published published -> published.nexus().toString();
            case Publication.Unpublished() -> (spec.lastNexus() == null ? volume : spec.lastNexus()).toString();
        };
    }

    @PutMapping("/v0/volumes/{id}/size")
    VolumeView resize(@PathVariable String id, @RequestBody ResizeVolumeBody body) {
        throw new Refusal.Unimplemented(
                        "volume %s cannot be resized to %d bytes: resizing is not there yet"
                                .formatted(VolumeId.of(id), Body.required(body.size(), "size")),
                        "create a larger volume and copy")
                .exception();
    }
}
