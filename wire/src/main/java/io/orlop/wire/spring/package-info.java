/// What every process of ours that is a Spring application needs to call and to be called. No other package here
/// knows Spring.
@NullMarked
package io.orlop.wire.spring;

import org.jspecify.annotations.NullMarked;
