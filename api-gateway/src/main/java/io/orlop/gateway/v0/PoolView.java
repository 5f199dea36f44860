package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Pool")
record PoolView(String id, @Nullable Spec spec, @Nullable State state) {
    @Schema(name = "PoolSpec")
    record Spec(
            List<String> disks,
            String id,
            @AbsentWhenEmpty Map<String, String> labels,
            String node,
            Choices.SpecStatus status) {}

    /// @param reason why it is faulted, in a sentence, where its node refuses to import it: ours, upstream has no such
    ///     field
    @Schema(name = "PoolState")
    record State(
            long capacity,
            List<String> disks,
            String id,
            String node,
            Choices.PoolStatus status,
            long used,
            long committed,
            @Nullable String reason) {}
}
