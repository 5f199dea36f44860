package io.orlop.wire.ioengine;

import com.google.protobuf.StringValue;
import io.orlop.model.AllowedHost;
import io.orlop.model.Limits;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.Refusal;
import io.orlop.stubs.mayastor.v1.APIVersion;
import io.orlop.stubs.mayastor.v1.MayastorBugFixes;
import io.orlop.stubs.mayastor.v1.MayastorFeatures;
import io.orlop.stubs.mayastor.v1.RegisterRequest;
import java.util.List;
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
        return node(request, null, null, null);
    }

    static @Nullable String addresses(NodeRegistration node) {
        return node.addresses().isEmpty() ? null : String.join(",", node.addresses());
    }

    /// @param addresses as they were said beside the request, if they were
    /// @param generation just so
    /// @param drift just so
    static NodeRegistration node(
            RegisterRequest request, @Nullable String addresses, @Nullable String generation, @Nullable String drift) {
        return Limits.said(new NodeRegistration(
                new NodeId(request.getId()),
                request.getGrpcEndpoint(),
                request.hasInstanceUuid() ? request.getInstanceUuid().getValue() : null,
                request.hasHostnqn() ? request.getHostnqn().getValue() : null,
                request.hasVersion() ? request.getVersion() : null,
                addresses == null ? List.of() : AllowedHost.numeric(List.of(addresses.split(","))),
                number(Headers.GENERATION, generation),
                number(Headers.DRIFT, drift)));
    }

    private static @Nullable Long number(Headers header, @Nullable String said) {
        if (said == null) return null;
        try {
            return Long.valueOf(said);
        } catch (NumberFormatException _) {
            throw new Refusal.Invalid(
                            "'%s', which a node said as its %s, is no number".formatted(said, header.text()),
                            "say it in decimal, or not at all")
                    .exception();
        }
    }
}
