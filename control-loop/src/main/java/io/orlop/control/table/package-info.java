/// Typed views of prefixes of the keyspace, kept in memory by their watches, and the writes that are committed to them.
@NullMarked
package io.orlop.control.table;

import org.jspecify.annotations.NullMarked;
