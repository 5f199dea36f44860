@NullMarked
package io.orlop.store.command;

import org.jspecify.annotations.NullMarked;
