/// Serves block devices to Linux hosts and to other nodes.
@NullMarked
package io.orlop.dataplane.nvme.target;

import org.jspecify.annotations.NullMarked;
