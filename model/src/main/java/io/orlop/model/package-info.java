/// The nouns of block storage: specs (what was promised), states (what was observed), ids, sizes, operations and
/// refusals.
@NullMarked
package io.orlop.model;

import org.jspecify.annotations.NullMarked;
