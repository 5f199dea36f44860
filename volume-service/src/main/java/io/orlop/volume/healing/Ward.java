package io.orlop.volume.healing;

import io.orlop.model.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All copies of one volume at one moment.
///
/// @param blank whether the volume was never served: nothing was written, and every copy is as good as any other
/// @param served whether a nexus has them as children now
/// @param target the node of that nexus
/// @param strangers children of that nexus, not healthy, that are none of the volume's copies
public record Ward(
        boolean blank, boolean served, @Nullable NodeId target, List<Patient> patients, List<String> strangers) {
    public Ward {
        patients = List.copyOf(patients);
        strangers = List.copyOf(strangers);
    }
}
