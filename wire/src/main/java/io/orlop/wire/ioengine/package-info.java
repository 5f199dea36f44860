/// The io-engine API v1 of Mayastor, both ends: what the control plane asks of a node's agent, and how a node says that
/// it lives.
@NullMarked
package io.orlop.wire.ioengine;

import org.jspecify.annotations.NullMarked;
