/// Who is here, who is alive, and what the nodes report.
@NullMarked
package io.orlop.registry;

import org.jspecify.annotations.NullMarked;
