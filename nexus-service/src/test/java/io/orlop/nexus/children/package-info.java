@NullMarked
package io.orlop.nexus.children;

import org.jspecify.annotations.NullMarked;
