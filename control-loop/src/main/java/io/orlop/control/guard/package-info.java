/// One change at a time for each resource.
@NullMarked
package io.orlop.control.guard;

import org.jspecify.annotations.NullMarked;
