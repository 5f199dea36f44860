package io.orlop.simulation;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// Makes one invocation of a [SeededTest] for each seed.
final class SeededInvocations implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        SeededTest test = context.getRequiredTestMethod().getAnnotation(SeededTest.class);
        Long only = Long.getLong("orlop.seed");
        int longer = test.seeds() == 1 ? 1 : Integer.getInteger("orlop.longer", 1);
        LongStream seeds = only != null
                ? LongStream.of(only)
                : LongStream.rangeClosed(1, Integer.getInteger("orlop.seeds", test.seeds() * longer));
        return seeds.mapToObj(Invocation::new);
    }

    private record Invocation(long seed) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new World(seed));
        }
    }

    /// Hands one scheduler to every parameter, and tells the seed where a test fails.
    private static final class World implements ParameterResolver, TestExecutionExceptionHandler {
        private final long seed;
        private @Nullable SeededScheduler scheduler;

        World(long seed) {
            this.seed = seed;
            silence();
        }

        /// A log is a monitor that real threads hold as well: a simulated thread that waits for it is woken from
        /// outside, and one that crashes there takes it along. What happened is told by the seed.
        private static void silence() {
            LogManager.getLogManager().reset();
            Logger.getLogger("").setLevel(Level.OFF);
        }

        private SeededScheduler scheduler() {
            if (scheduler == null) scheduler = new SeededScheduler(seed);
            return scheduler;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == SeededScheduler.class || !constructors(type).isEmpty();
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            if (type == SeededScheduler.class) return scheduler();
            try {
                return constructors(type).getFirst().newInstance(scheduler());
            } catch (ReflectiveOperationException e) {
                throw new ParameterResolutionException("no " + type.getSimpleName() + " from seed " + seed, e);
            }
        }

        private static List<Constructor<?>> constructors(Class<?> type) {
            var fitting = new ArrayList<Constructor<?>>();
            for (Constructor<?> constructor : type.getConstructors()) {
                Class<?>[] parameters = constructor.getParameterTypes();
                if (parameters.length == 1 && parameters[0] == SeededScheduler.class) fitting.add(constructor);
            }
            return fitting;
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
            // A test that was skipped stays skipped.
            if (thrown instanceof org.opentest4j.TestAbortedException) throw thrown;
            throw new AssertionError(
                    """
                            seed %d: %s
                            once more: ./mvnw -pl simulation -am test -Dtest=%s#%s -Dorlop.seed=%d \\
                              -Dsurefire.failIfNoSpecifiedTests=false"""
                            .formatted(
                                    seed,
                                    thrown,
                                    context.getRequiredTestClass().getSimpleName(),
                                    context.getRequiredTestMethod().getName(),
                                    seed),
                    thrown);
        }
    }
}
