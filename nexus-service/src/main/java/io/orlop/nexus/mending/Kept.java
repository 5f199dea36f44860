package io.orlop.nexus.mending;

import io.orlop.model.NexusOperation;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Whether a promised operation happened, by what the node says: of a promise whose outcome was not written, nobody
/// else knows.
///
/// A node that does not have the nexus any more cannot say whether a child was removed. The child stays promised then:
/// the nexus is built anew of what its record says is whole, and that does not name what was removed. To forget it
/// might be to forget the only whole copy.
public final class Kept {
    private Kept() {}

    /// @param reported `null` if the node does not have the nexus
    public static boolean kept(NexusOperation operation, @Nullable NexusState reported) {
        return switch (operation) {
            case NexusOperation.Publish(var hosts) ->
                reported != null
                        && reported.published()
                        && new TreeSet<>(hosts).equals(new TreeSet<>(reported.hosts()));
            case NexusOperation.Unpublish() -> reported == null || !reported.published();
            case NexusOperation.AddChild(var child) -> reported != null && has(reported, child.uri());
            case NexusOperation.RemoveChild(var uri) -> reported != null && !has(reported, uri);
            case NexusOperation.Shutdown() ->
                reported == null
                        || reported.status() == NexusStatus.SHUTDOWN
                        || reported.status() == NexusStatus.SHUTTING_DOWN;
        };
    }

    private static boolean has(NexusState reported, String uri) {
        return reported.children().stream().anyMatch(child -> child.uri().equals(uri));
    }
}
