/// Makes a block device of another node's namespace.
@NullMarked
package io.orlop.dataplane.nvme.host;

import org.jspecify.annotations.NullMarked;
