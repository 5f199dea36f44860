@NullMarked
package io.orlop.dataplane.nexus;

import org.jspecify.annotations.NullMarked;
