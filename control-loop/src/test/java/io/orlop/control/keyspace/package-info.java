@NullMarked
package io.orlop.control.keyspace;

import org.jspecify.annotations.NullMarked;
