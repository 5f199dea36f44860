package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

@Schema(name = "RebuildHistory")
record RebuildHistoryView(@Schema(format = "uuid") String targetUuid, List<Entry> records) {
    @Schema(name = "RebuildRecord")
    record Entry(
            String childUri,
            String srcUri,
            Choices.RebuildJobState rebuildJobState,
            long blocksTotal,
            long blocksRecovered,
            long blocksTransferred,
            long blocksRemaining,
            long blockSize,
            boolean isPartial,
            Instant startTime,
            Instant endTime) {}
}
