/// A storage node: its pools, replicas and nexuses behind one port, and the process that serves them.
@NullMarked
package io.orlop.dataplane.agent;

import org.jspecify.annotations.NullMarked;
