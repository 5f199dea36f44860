@NullMarked
package io.orlop.nexus.target;

import org.jspecify.annotations.NullMarked;
