/// One port for gRPC and HTTP: who knocks is told by the first bytes.
@NullMarked
package io.orlop.store.door;

import org.jspecify.annotations.NullMarked;
