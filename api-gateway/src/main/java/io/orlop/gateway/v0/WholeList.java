package io.orlop.gateway.v0;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Answers with everything there is of what volumes are made of, which may be a hundred thousand entries: see
/// [WholeLists]. (Nodes and pools are hardware, and few.)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface WholeList {}
