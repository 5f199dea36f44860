/// What the control plane costs: the real services, gateway and store, and agents that are simulated behind real gRPC.
@NullMarked
package io.orlop.benchmarks.control;

import org.jspecify.annotations.NullMarked;
