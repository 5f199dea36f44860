/// The nexus: one device mirrored over several copies, on this node and on others.
@NullMarked
package io.orlop.dataplane.nexus;

import org.jspecify.annotations.NullMarked;
