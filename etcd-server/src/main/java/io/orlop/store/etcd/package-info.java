/// The etcd v3 API over gRPC, on top of the engine.
@NullMarked
package io.orlop.store.etcd;

import org.jspecify.annotations.NullMarked;
