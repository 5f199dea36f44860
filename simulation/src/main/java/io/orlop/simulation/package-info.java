/// The whole system under one seed: simulated time, threads, network and store.
@NullMarked
package io.orlop.simulation;

import org.jspecify.annotations.NullMarked;
