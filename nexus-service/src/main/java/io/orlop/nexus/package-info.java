/// Which path leads to a volume: the nexuses, each a mirror over a volume's replicas on one node.
@NullMarked
package io.orlop.nexus;

import org.jspecify.annotations.NullMarked;
