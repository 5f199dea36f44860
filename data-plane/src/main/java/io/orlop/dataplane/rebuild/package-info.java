/// Making a copy whole again while hosts go on writing.
@NullMarked
package io.orlop.dataplane.rebuild;

import org.jspecify.annotations.NullMarked;
