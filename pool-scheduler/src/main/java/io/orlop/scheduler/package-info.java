/// Which pools: PoolSpec and ReplicaSpec, from promise to done.
@NullMarked
package io.orlop.scheduler;

import org.jspecify.annotations.NullMarked;
