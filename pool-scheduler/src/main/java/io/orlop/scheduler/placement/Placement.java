package io.orlop.scheduler.placement;

import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// What became of a request: pools, or for each pool why not.
public sealed interface Placement {
    /// One pool for each replica, best first.
    record Placed(List<Candidate> pools) implements Placement {
        public Placed {
            pools = List.copyOf(pools);
        }
    }

    /// @param placeable how many of the replicas could have been placed
    /// @param reasons for each pool that was looked at, a sentence
    /// @param full pools that would do if they had more room left, the emptiest first
    record Refused(PlacementRequest request, int placeable, SequencedMap<PoolId, String> reasons, List<Candidate> full)
            implements Placement {
        public Refused {
            full = List.copyOf(full);
        }

        public Refusal refusal() {
            String found = reasons.isEmpty()
                    ? "there are no pools"
                    : reasons.entrySet().stream()
                            .map(reason -> reason.getKey() + ": " + reason.getValue())
                            .collect(Collectors.joining("; "));
            String wanted = request.count() == 1 ? "a replica" : request.count() + " replicas";
            String possible = placeable == 0 ? "none can be placed" : "only " + placeable + " can be placed";
            return new Refusal.OutOfCapacity(
                    "%s needs %s of %s and %s (%s)".formatted(request.what(), wanted, request.size(), possible, found),
                    "add pools on other nodes, free capacity, or ask for less");
        }
    }
}
