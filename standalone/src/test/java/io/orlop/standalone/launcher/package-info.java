/// The launcher script at the root of the project, as a user meets it.
@NullMarked
package io.orlop.standalone.launcher;

import org.jspecify.annotations.NullMarked;
