package io.orlop.simulation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that runs once for each of many seeds. Its parameters are a [SeededScheduler] of that seed, or anything that
/// has a public constructor which takes one.
///
/// `-Dorlop.longer=20` runs twenty times as many, `-Dorlop.seeds=10000` as many of each, `-Dorlop.seed=4711` only that
/// one; a failure says which seed it had. A test of one seed stays one: it is about size, and longer makes it larger.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeededInvocations.class)
public @interface SeededTest {
    /// How many seeds, if no property says otherwise.
    int seeds() default 100;
}
