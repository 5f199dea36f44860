package io.orlop.wire.ioengine;

import com.google.protobuf.StringValue;
import io.orlop.model.Limits;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.Refusal;
import io.orlop.stubs.mayastor.v1.APIVersion;
import io.orlop.stubs.mayastor.v1.MayastorBugFixes;
import io.orlop.stubs.mayastor.v1.MayastorFeatures;
import io.orlop.stubs.mayastor.v1.RegisterRequest;
import org.jspecify.annotations.Nullable;

/// What a node says of itself, on the wire. Only version 1 is announced, so that nobody asks for version 0.
final class RegistrationCodec {
    private RegistrationCodec() {}

    static RegisterRequest proto(NodeRegistration node) {
        var proto = RegisterRequest.newBuilder()
                .setId(node.id().name())
                .setGrpcEndpoint(node.grpcEndpoint())
                .addApiVersion(APIVersion.V1)
                .setFeatures(MayastorFeatures.newBuilder().setAsymmetricNamespaceAccess(true))
                .setBugfixes(MayastorBugFixes.newBuilder().setNexusRebuildReplicaAncestry(true));
        if (node.instance() != null) proto.setInstanceUuid(StringValue.of(node.instance()));
        if (node.nqn() != null) proto.setHostnqn(StringValue.of(node.nqn()));
        if (node.version() != null) proto.setVersion(node.version());
        return proto.build();
    }

    static NodeRegistration node(RegisterRequest request) {
        return node(request, null);
    }

    /// @param generation as it was said beside the request, if it was
    static NodeRegistration node(RegisterRequest request, @Nullable String generation) {
        return Limits.said(new NodeRegistration(
                new NodeId(request.getId()),
                request.getGrpcEndpoint(),
                request.hasInstanceUuid() ? request.getInstanceUuid().getValue() : null,
                request.hasHostnqn() ? request.getHostnqn().getValue() : null,
                request.hasVersion() ? request.getVersion() : null,
                generation == null ? null : number(generation)));
    }

    private static Long number(String generation) {
        try {
            return Long.valueOf(generation);
        } catch (NumberFormatException _) {
            throw new Refusal.Invalid(
                            "the generation '%s' of a node is no number".formatted(generation),
                            "say it in decimal, or not at all")
                    .exception();
        }
    }
}
