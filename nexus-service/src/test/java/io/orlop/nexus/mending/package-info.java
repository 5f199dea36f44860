@NullMarked
package io.orlop.nexus.mending;

import org.jspecify.annotations.NullMarked;
