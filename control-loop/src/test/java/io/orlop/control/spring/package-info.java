@NullMarked
package io.orlop.control.spring;

import org.jspecify.annotations.NullMarked;
