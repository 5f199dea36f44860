@NullMarked
package io.orlop.control.view;

import org.jspecify.annotations.NullMarked;
