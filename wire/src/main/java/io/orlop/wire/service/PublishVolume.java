package io.orlop.wire.service;

import io.orlop.model.NodeId;
import io.orlop.model.ShareProtocol;
import org.jspecify.annotations.Nullable;

/// @param node where the nexus should run; `null` leaves it to us
/// @param frontend the only host that may connect: a node's name; `null` for anybody
/// @param republish whether a volume that is published elsewhere may be moved here
/// @param reuseExisting when republishing, keep the nexus if it serves
public record PublishVolume(
        @Nullable NodeId node,
        ShareProtocol protocol,
        @Nullable String frontend,
        boolean republish,
        boolean reuseExisting) {}
