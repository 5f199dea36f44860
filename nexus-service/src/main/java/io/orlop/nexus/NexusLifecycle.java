package io.orlop.nexus;

import io.orlop.model.Differences;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusSpec;
import io.orlop.model.Pending;
import io.orlop.model.Refusal;
import io.orlop.wire.service.CreateNexusSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What may be done to a nexus now.
final class NexusLifecycle {
    private NexusLifecycle() {}

    /// What a promise that is not kept yet is about, after "is".
    static String awaiting(NexusSpec promised) {
        Pending<NexusOperation> pending = promised.operation();
        return switch (promised.status()) {
            case CREATING -> "to be created";
            case DELETING, DELETED -> "to be destroyed";
            case CREATED ->
                pending == null
                        ? "not as promised"
                        : switch (pending.operation()) {
                            case NexusOperation.Publish _ -> "to be published";
                            case NexusOperation.Unpublish _ -> "to be unpublished";
                            case NexusOperation.AddChild(var child) -> "to take " + child.uri();
                            case NexusOperation.RemoveChild(String uri) -> "to let go of " + uri;
                            case NexusOperation.Shutdown _ -> "to let go of its children";
                        };
        };
    }

    /// Why it cannot be created once more; `null` if the request is the one that made it.
    static @Nullable Refusal creation(NexusSpec present, CreateNexusSpec request) {
        String differences = differences(present, request);
        return switch (present.status()) {
            case CREATING, CREATED ->
                differences.isEmpty()
                        ? null
                        : new Refusal.Differs(
                                "nexus %s is there already, on %s with %s, and not what was asked for: %s"
                                        .formatted(present.uuid(), present.node(), present.size(), differences),
                                "use another id, or destroy it first");
            case DELETING, DELETED ->
                new Refusal.Deleting(
                        "nexus %s is being destroyed on %s".formatted(present.uuid(), present.node()),
                        "use another id");
        };
    }

    /// The copies of a volume are candidates, of which some were chosen; those named by hand are asked for.
    private static String differences(NexusSpec present, CreateNexusSpec request) {
        var found = new ArrayList<>(Differences.between(present.shape(), request.shape()));
        List<String> there = uris(present.children());
        List<String> asked = uris(request.children());
        if (request.shape().owner() == null && !there.equals(asked)) {
            found.add("its children are %s and not %s".formatted(there, asked));
        }
        return String.join(", ", found);
    }

    private static List<String> uris(List<NexusChild> children) {
        return children.stream().map(NexusChild::uri).sorted().toList();
    }

    /// Why this operation may not happen; `null` if it may.
    static @Nullable Refusal change(NexusSpec present, NexusOperation operation) {
        return switch (present.status()) {
            case CREATING ->
                new Refusal.FailedPrecondition(
                        "nexus %s is still being created on %s".formatted(present.uuid(), present.node()),
                        "try again when it is");
            case CREATED -> present.shutdown() ? afterShutdown(present, operation) : null;
            case DELETING, DELETED ->
                new Refusal.Deleting(
                        "nexus %s is being destroyed on %s".formatted(present.uuid(), present.node()),
                        "create another one");
        };
    }

    private static @Nullable Refusal afterShutdown(NexusSpec present, NexusOperation operation) {
        return switch (operation) {
            case NexusOperation.Shutdown(), NexusOperation.Unpublish() -> null;
            case NexusOperation.Publish _, NexusOperation.AddChild _, NexusOperation.RemoveChild _ ->
                new Refusal.FailedPrecondition(
                        "nexus %s on %s was shut down".formatted(present.uuid(), present.node()),
                        "destroy it and create another one");
        };
    }
}
