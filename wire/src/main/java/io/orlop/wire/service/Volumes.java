package io.orlop.wire.service;

import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.wire.rpc.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// volume-service: what the user wants.
public interface Volumes {
    /// @param after the last one of the page before; `null` for the first page. It need not be there any more
    /// @param most 1 to [Page#MOST]
    @Question
    Page<Volume> volumes(@Nullable VolumeId after, int most);

    /// All of them, page by page.
    default Stream<Volume> volumes() {
        return Pages.<VolumeId, Volume>all(
                this::volumes, volume -> volume.spec().uuid());
    }

    /// @param number the `next` of the page before, 0 for the first page; one that was never given is an index
    /// @param most 1 to [Page#MOST]
    @Question
    NumberedPage<Volume> numbered(int number, int most);

    /// A page as large as asked for, of as many parts as that takes.
    ///
    /// @param most how many; 0 for all
    default NumberedPage<Volume> walked(int number, int most) {
        if (number < 0 || most < 0) {
            throw new Refusal.Invalid(
                            "a page of %d volumes from %d makes no sense".formatted(most, number),
                            "use zero or more, zero for all")
                    .exception();
        }
        var entries = new ArrayList<Volume>();
        Integer next = number;
        while (next != null && (most == 0 || entries.size() < most)) {
            NumberedPage<Volume> part =
                    numbered(next, most == 0 ? Page.MOST : Math.min(Page.MOST, most - entries.size()));
            entries.addAll(part.entries());
            next = part.next();
        }
        return new NumberedPage<>(entries, next);
    }

    @Question
    Volume volume(VolumeId volume);

    /// With the same parameters, asking again while the volume is being created goes on; once it is created,
    /// AlreadyExists. With others, Differs, at any time, with what differs. OutOfCapacity leaves nothing behind.
    Volume create(CreateVolume request);

    /// Nothing is left when it returns, or as soon as the nodes that were away are back. NotFound if there is none;
    /// InUse while it is published.
    void delete(VolumeId volume);

    /// AlreadyPublished if it is, elsewhere or for another host.
    Volume publish(VolumeId volume, PublishVolume request);

    /// NotPublished if it is not, or not by the nexus that is named. Whatever else is pending for the volume gives way,
    /// so that a node that is away holds nobody up.
    Volume unpublish(VolumeId volume, UnpublishVolume request);

    /// One more or one less at a time.
    Volume setReplicaCount(VolumeId volume, int count);

    Volume setMaxSnapshots(VolumeId volume, int most);

    @Question
    List<RebuildRecord> rebuildHistory(VolumeId volume);
}
