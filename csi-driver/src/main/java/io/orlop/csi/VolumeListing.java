package io.orlop.csi;

import io.orlop.model.FrontendHost;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.stubs.csi.v1.ListVolumesRequest;
import io.orlop.stubs.csi.v1.ListVolumesResponse;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.Volumes;
import java.util.ArrayList;
import java.util.List;

/// All volumes, and which nodes have them: what the attacher compares with its attachments.
///
/// A token is the last volume of the page before. What comes and goes between two pages moves nothing that stays: what
/// is left out, the attacher would take for detached.
final class VolumeListing {
    /// Most volumes in one answer, also where no bound is asked for: the side-cars read messages of 4 MiB, and go on
    /// by the token.
    private static final int MOST = 8192;

    private final Volumes volumes;

    VolumeListing(Volumes volumes) {
        this.volumes = volumes;
    }

    ListVolumesResponse list(ListVolumesRequest request) {
        int asked = request.getMaxEntries();
        if (asked < 0) {
            throw new Refusal.Invalid("max_entries is " + asked, "give zero, which is as many as fit, or more")
                    .exception();
        }
        int most = asked == 0 ? MOST : Math.min(asked, MOST);
        String token = request.getStartingToken();
        VolumeId last = token.isEmpty() ? null : place(token);
        var listed = new ArrayList<Volume>();
        boolean more = true;
        while (more && listed.size() < most) {
            Page<Volume> page = volumes.volumes(last, Math.min(Page.MOST, most - listed.size()));
            listed.addAll(page.entries());
            more = page.more();
            if (more) last = page.entries().getLast().spec().uuid();
        }
        if (listed.isEmpty() && !token.isEmpty()) throw unknown(token);
        var answer = ListVolumesResponse.newBuilder()
                .addAllEntries(listed.stream().map(VolumeListing::entry).toList());
        if (more) answer.setNextToken(listed.getLast().spec().uuid().toString());
        return answer.build();
    }

    private static VolumeId place(String token) {
        try {
            return VolumeId.of(token);
        } catch (RefusalException malformed) {
            throw unknown(token);
        }
    }

    private static ListVolumesResponse.Entry entry(Volume volume) {
        return ListVolumesResponse.Entry.newBuilder()
                .setVolume(io.orlop.stubs.csi.v1.Volume.newBuilder()
                        .setVolumeId(volume.spec().uuid().toString())
                        .setCapacityBytes(volume.spec().size().count())
                        .addAccessibleTopology(Segments.REACHABLE))
                .setStatus(ListVolumesResponse.VolumeStatus.newBuilder()
                        .addAllPublishedNodeIds(
                                switch (volume.spec().publication()) {
                                    case Publication.Unpublished() -> List.<String>of();
                                    case Publication.Published there ->
                                        there.hosts().stream()
                                                .map(FrontendHost::name)
                                                .toList();
                                }))
                .build();
    }

    private static RuntimeException unknown(String token) {
        return new Refusal.Aborted("'%s' is no token of ours".formatted(token), "start the list over without a token")
                .exception();
    }
}
