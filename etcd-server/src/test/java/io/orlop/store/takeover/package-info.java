@NullMarked
package io.orlop.store.takeover;

import org.jspecify.annotations.NullMarked;
