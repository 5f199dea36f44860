/// What a service knows of the cluster: what was promised, from the store's watch, and what is observed, from
/// registry-service's stream, joined and indexed.
@NullMarked
package io.orlop.control.view;

import org.jspecify.annotations.NullMarked;
