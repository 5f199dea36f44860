/// Java interfaces served and called over gRPC, with JSON documents as messages.
@NullMarked
package io.orlop.wire.rpc;

import org.jspecify.annotations.NullMarked;
