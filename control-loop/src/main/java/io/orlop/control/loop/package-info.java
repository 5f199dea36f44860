/// The keyed reconcile loop: which id is worked on, when, and how many at a time. What the work is, it does not know.
@NullMarked
package io.orlop.control.loop;

import org.jspecify.annotations.NullMarked;
