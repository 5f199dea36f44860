@NullMarked
package io.orlop.dataplane.agent;

import org.jspecify.annotations.NullMarked;
