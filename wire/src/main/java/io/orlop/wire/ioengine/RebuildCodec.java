package io.orlop.wire.ioengine;

import io.orlop.model.NexusState;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.stubs.mayastor.v1.ListRebuildHistoryRequest;
import io.orlop.stubs.mayastor.v1.ListRebuildHistoryResponse;
import io.orlop.stubs.mayastor.v1.RebuildHistoryRecord;
import io.orlop.stubs.mayastor.v1.RebuildHistoryResponse;
import io.orlop.stubs.mayastor.v1.RebuildJobState;
import java.util.Comparator;
import java.util.List;

/// What became of rebuilds, on the wire.
final class RebuildCodec {
    private RebuildCodec() {}

    static RebuildHistoryRecord proto(RebuildRecord rebuild) {
        return RebuildHistoryRecord.newBuilder()
                .setChildUri(rebuild.childUri())
                .setSrcUri(rebuild.sourceUri())
                .setState(proto(rebuild.state()))
                .setBlocksTotal(rebuild.blocksTotal())
                .setBlocksRecovered(rebuild.blocksRecovered())
                .setBlocksTransferred(rebuild.blocksTransferred())
                .setBlocksRemaining(rebuild.blocksRemaining())
                .setBlockSize(rebuild.blockSize())
                .setIsPartial(rebuild.partial())
                .setStartTime(Timestamps.proto(rebuild.start()))
                .setEndTime(Timestamps.proto(rebuild.end()))
                .build();
    }

    static RebuildRecord rebuild(RebuildHistoryRecord rebuild) {
        return new RebuildRecord(
                rebuild.getChildUri(),
                rebuild.getSrcUri(),
                state(rebuild.getState()),
                rebuild.getBlocksTotal(),
                rebuild.getBlocksRecovered(),
                rebuild.getBlocksTransferred(),
                rebuild.getBlocksRemaining(),
                rebuild.getBlockSize(),
                rebuild.getIsPartial(),
                Timestamps.instant(rebuild.getStartTime()),
                Timestamps.instant(rebuild.getEndTime()));
    }

    static RebuildHistoryResponse history(NexusState nexus, List<RebuildRecord> rebuilds) {
        return RebuildHistoryResponse.newBuilder()
                .setUuid(nexus.uuid().toString())
                .setName(nexus.name())
                .addAllRecords(rebuilds.stream().map(RebuildCodec::proto).toList())
                .build();
    }

    /// The newest ones up to the count asked for, of those that ended after the time asked for.
    static List<RebuildRecord> wanted(ListRebuildHistoryRequest request, List<RebuildRecord> rebuilds) {
        return rebuilds.stream()
                .filter(rebuild -> !request.hasSinceEndTime()
                        || rebuild.end().isAfter(Timestamps.instant(request.getSinceEndTime())))
                .sorted(Comparator.comparing(RebuildRecord::end).reversed())
                .limit(request.hasCount() ? Integer.toUnsignedLong(request.getCount()) : Long.MAX_VALUE)
                .toList();
    }

    /// Says up to when the histories reach, for the next question.
    static ListRebuildHistoryResponse.Builder withEnd(ListRebuildHistoryResponse.Builder histories) {
        histories.getHistoriesMap().values().stream()
                .flatMap(history -> history.getRecordsList().stream())
                .map(record -> Timestamps.instant(record.getEndTime()))
                .max(Comparator.naturalOrder())
                .ifPresent(end -> histories.setEndTime(Timestamps.proto(end)));
        return histories;
    }

    private static RebuildJobState proto(RebuildState state) {
        return switch (state) {
            case INIT -> RebuildJobState.Init;
            case REBUILDING -> RebuildJobState.Rebuilding;
            case STOPPED -> RebuildJobState.Stopped;
            case PAUSED -> RebuildJobState.Paused;
            case FAILED -> RebuildJobState.Failed;
            case COMPLETED -> RebuildJobState.Completed;
        };
    }

    private static RebuildState state(RebuildJobState state) {
        return switch (state) {
            case Init -> RebuildState.INIT;
            case Rebuilding -> RebuildState.REBUILDING;
            case Stopped -> RebuildState.STOPPED;
            case Paused -> RebuildState.PAUSED;
            case Failed, UNRECOGNIZED -> RebuildState.FAILED;
            case Completed -> RebuildState.COMPLETED;
        };
    }
}
