/// Disks that go wrong, for tests and simulations alone.
@NullMarked
package io.orlop.disk.twin;

import org.jspecify.annotations.NullMarked;
