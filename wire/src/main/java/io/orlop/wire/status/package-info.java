/// How a refusal travels: gRPC status, HTTP status, error kind.
@NullMarked
package io.orlop.wire.status;

import org.jspecify.annotations.NullMarked;
