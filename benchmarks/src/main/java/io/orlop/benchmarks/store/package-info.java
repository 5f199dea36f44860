/// The embedded store and a real etcd, side by side on the same machine and disk.
@NullMarked
package io.orlop.benchmarks.store;

import org.jspecify.annotations.NullMarked;
