/// The skeleton of a service that owns a part of the store: one of its copies leads, knows, answers and works.
@NullMarked
package io.orlop.control.owner;

import org.jspecify.annotations.NullMarked;
