package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import io.orlop.model.SnapshotId;
import io.orlop.model.VolumeId;
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

/// There are no snapshots yet: lists of them are empty, none has the id that is asked for, and none can be taken.
@RestController
class SnapshotController {
    @GetMapping("/v0/volumes/snapshots")
    EmptyPage snapshots(
            @RequestParam(name = "snapshot_id", required = false) @Nullable String snapshot,
            @RequestParam(name = "volume_id", required = false) @Nullable String volume,
            @RequestParam(name = "max_entries", defaultValue = "0") int most,
            @RequestParam(name = "starting_token", defaultValue = "0") int start) {
        if (snapshot != null) SnapshotId.of(snapshot);
        if (volume != null) VolumeId.of(volume);
        return EmptyPage.of(most, start);
    }

    @GetMapping("/v0/volumes/{id}/snapshots")
    EmptyPage ofVolume(
            @PathVariable String id,
            @RequestParam(name = "max_entries", defaultValue = "0") int most,
            @RequestParam(name = "starting_token", defaultValue = "0") int start) {
        VolumeId.of(id);
        return EmptyPage.of(most, start);
    }

    @GetMapping("/v0/volumes/snapshots/{snapshot}")
    EmptyPage.Entry snapshot(@PathVariable String snapshot) {
        throw none(snapshot);
    }

    @GetMapping("/v0/volumes/{id}/snapshots/{snapshot}")
    EmptyPage.Entry snapshot(@PathVariable String id, @PathVariable String snapshot) {
        VolumeId.of(id);
        throw none(snapshot);
    }

    @DeleteMapping("/v0/volumes/snapshots/{snapshot}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String snapshot) {
        throw none(snapshot);
    }

    @DeleteMapping("/v0/volumes/{id}/snapshots/{snapshot}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String id, @PathVariable String snapshot) {
        VolumeId.of(id);
        throw none(snapshot);
    }

    @PutMapping("/v0/volumes/{id}/snapshots/{snapshot}")
    EmptyPage.Entry take(@PathVariable String id, @PathVariable String snapshot) {
        throw notThereYet(id, snapshot);
    }

    @PutMapping("/v0/snapshots/{snapshot}/volumes/{id}")
    VolumeView restore(@PathVariable String id, @PathVariable String snapshot, @RequestBody CreateVolumeBody body) {
        throw notThereYet(id, snapshot);
    }

    private static RuntimeException none(String snapshot) {
        return new Refusal.NotFound(
                        "there is no snapshot " + SnapshotId.of(snapshot),
                        "snapshots are not there yet; look at the volume")
                .exception();
    }

    private static RuntimeException notThereYet(String id, String snapshot) {
        return new Refusal.Unimplemented(
                        "volume %s cannot be snapshotted as %s: snapshots are not there yet".formatted(id, snapshot),
                        "back up from a host")
                .exception();
    }
}
