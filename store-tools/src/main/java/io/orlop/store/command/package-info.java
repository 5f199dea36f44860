/// What can be done with a store from the command line beside running it.
@NullMarked
package io.orlop.store.command;

import org.jspecify.annotations.NullMarked;
