/// What the nodes report, as every service knows it: registry-service asks them, and streams the answers.
@NullMarked
package io.orlop.control.observed;

import org.jspecify.annotations.NullMarked;
