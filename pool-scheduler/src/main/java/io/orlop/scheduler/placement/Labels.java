package io.orlop.scheduler.placement;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What labels ask of a place, seen beside the places that are taken.
///
/// ```
///                        inclusion {disk: ssd, gpu: ""}   exclusion [zone]     affinity [rack]
///   disk=ssd gpu=a100                ok
///   disk=hdd gpu=a100                no: disk is hdd
///   zone=a, taken zone=a                                       no: zone a is taken
///   rack=7, taken rack=7                                                            ok
///   no label rack                                                                   no: has no label rack
/// ```
///
/// @param subject whom a refusal speaks of
record Labels(String subject, Map<String, String> inclusion, Collection<String> exclusion, List<String> affinityKeys) {
    @Nullable
    String refusal(Map<String, String> place, List<Map<String, String>> taken) {
        for (var wanted : inclusion.entrySet()) {
            String key = wanted.getKey();
            String value = place.get(key);
            if (value == null) return "%s has no label %s".formatted(subject, key);
            if (!wanted.getValue().isEmpty() && !wanted.getValue().equals(value)) {
                return "%s has the label %s=%s and not %s".formatted(subject, key, value, wanted.getValue());
            }
        }
        for (String key : exclusion) {
            String value = place.get(key);
            if (value == null) return "%s has no label %s to spread over".formatted(subject, key);
            if (taken.stream().anyMatch(other -> value.equals(other.get(key)))) {
                return "%s has the label %s=%s like that of another replica".formatted(subject, key, value);
            }
        }
        for (String key : affinityKeys) {
            String value = place.get(key);
            if (value == null) return "%s has no label %s to keep together by".formatted(subject, key);
            for (var other : taken) {
                String there = other.get(key);
                if (there != null && !there.equals(value)) {
                    return "%s has the label %s=%s and the other replicas have %s"
                            .formatted(subject, key, value, there);
                }
            }
        }
        return null;
    }
}
