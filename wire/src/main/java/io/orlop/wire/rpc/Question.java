package io.orlop.wire.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// It changes nothing: what it asks of others ends when its caller leaves, and it may be asked again like anything
/// that is [Repeatable].
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Question {}
