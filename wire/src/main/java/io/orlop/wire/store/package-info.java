/// How every process of ours reaches the store, and who it is there. Needs jetcd, which those who use it bring.
@NullMarked
package io.orlop.wire.store;

import org.jspecify.annotations.NullMarked;
