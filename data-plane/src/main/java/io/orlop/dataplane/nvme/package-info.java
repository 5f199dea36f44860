/// NVMe over TCP, both ends: the target that serves block devices to Linux hosts and to other nodes, and the
/// initiator that makes a device of another node's target.
@NullMarked
package io.orlop.dataplane.nvme;

import org.jspecify.annotations.NullMarked;
