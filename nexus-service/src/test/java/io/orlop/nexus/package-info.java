@NullMarked
package io.orlop.nexus;

import org.jspecify.annotations.NullMarked;
