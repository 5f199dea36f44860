package io.orlop.wire.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Changing twice is changing once: a call that did not get through is repeated without asking. What was begun goes on
/// without its caller, as every change does; only a [Question] ends with it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Repeatable {}
