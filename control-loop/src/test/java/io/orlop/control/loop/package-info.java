@NullMarked
package io.orlop.control.loop;

import org.jspecify.annotations.NullMarked;
