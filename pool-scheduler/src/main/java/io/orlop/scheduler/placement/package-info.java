/// Which pools: candidates surveyed from what is promised and what is observed, rules that refuse with a sentence, and
/// a ranking that is a total order. Pure: nothing here asks anybody or writes anything.
@NullMarked
package io.orlop.scheduler.placement;

import org.jspecify.annotations.NullMarked;
