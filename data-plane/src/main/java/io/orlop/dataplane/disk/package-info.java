/// Which disks a node has: their URIs, and who opens them.
@NullMarked
package io.orlop.dataplane.disk;

import org.jspecify.annotations.NullMarked;
