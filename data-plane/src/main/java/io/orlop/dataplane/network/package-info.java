/// Connections between hosts and nodes: TCP, or what a simulation makes of it.
@NullMarked
package io.orlop.dataplane.network;

import org.jspecify.annotations.NullMarked;
