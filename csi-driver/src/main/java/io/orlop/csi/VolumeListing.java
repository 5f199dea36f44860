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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// All volumes, and which nodes have them: what the attacher compares with its attachments.
///
/// A token says how many volumes came before and which was the last, `40.0d1c…`. Volumes that come and go between two
/// pages may so be seen twice, but none that stays is left out: the attacher would take it for detached.
final class VolumeListing {
    /// How many volumes we ask for at once; a message has a limit.
    private static final int AT_ONCE = 256;

    private static final Pattern TOKEN = Pattern.compile("([0-9]{1,9})\\.([0-9a-f-]{36})");

    private final Volumes volumes;

    VolumeListing(Volumes volumes) {
        this.volumes = volumes;
    }

    ListVolumesResponse list(ListVolumesRequest request) {
        int most = request.getMaxEntries();
        if (most < 0) {
            throw new Refusal.Invalid("max_entries is " + most, "give zero, which is all of them, or more").exception();
        }
        int start = request.getStartingToken().isEmpty() ? 0 : start(request.getStartingToken());
        var listed = new ArrayList<Volume>();
        Integer next = start;
        while (next != null && (most == 0 || listed.size() < most)) {
            int wanted = most == 0 ? AT_ONCE : Math.min(AT_ONCE, most - listed.size());
            Page<Volume> page = volumes.volumes(next, wanted);
            listed.addAll(page.entries());
            next = page.entries().isEmpty() ? null : page.next();
        }
        var answer = ListVolumesResponse.newBuilder()
                .addAllEntries(listed.stream().map(VolumeListing::entry).toList());
        if (next != null)
            answer.setNextToken(next + "." + listed.getLast().spec().uuid());
        return answer.build();
    }

    private int start(String token) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) throw unknown(token);
        int before = Integer.parseInt(parts.group(1));
        VolumeId last;
        try {
            last = VolumeId.of(parts.group(2));
        } catch (RefusalException malformed) {
            throw unknown(token);
        }
        return after(last, before);
    }

    /// Where the last one is now, if it is there; if it is not, everything after it moved up by one at least.
    private int after(VolumeId last, int before) {
        if (before == 0) return 0;
        List<Volume> expected = volumes.volumes(before - 1, 1).entries();
        if (!expected.isEmpty() && expected.getFirst().spec().uuid().equals(last)) return before;
        Integer next = 0;
        while (next != null) {
            int at = next;
            Page<Volume> page = volumes.volumes(at, AT_ONCE);
            for (int i = 0; i < page.entries().size(); i++) {
                if (page.entries().get(i).spec().uuid().equals(last)) return at + i + 1;
            }
            next = page.entries().isEmpty() ? null : page.next();
        }
        return Math.max(0, before - AT_ONCE);
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
