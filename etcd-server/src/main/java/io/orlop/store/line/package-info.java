/// Waiting in line for something that one at a time may have: what locks and elections are made of.
@NullMarked
package io.orlop.store.line;

import org.jspecify.annotations.NullMarked;
