/// Kubernetes speaks CSI: the Identity and Controller services on a Unix socket, translated to the ports of `wire`.
@NullMarked
package io.orlop.csi;

import org.jspecify.annotations.NullMarked;
