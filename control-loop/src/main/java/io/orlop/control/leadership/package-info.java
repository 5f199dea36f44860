/// Who of several copies of a service may write.
@NullMarked
package io.orlop.control.leadership;

import org.jspecify.annotations.NullMarked;
