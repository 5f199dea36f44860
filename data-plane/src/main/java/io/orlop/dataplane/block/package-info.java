/// Anything that holds blocks: disks, replicas, nexuses and what another node serves over NVMe/TCP.
@NullMarked
package io.orlop.dataplane.block;

import org.jspecify.annotations.NullMarked;
