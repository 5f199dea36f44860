package io.orlop.wire.spring;

import io.orlop.model.process.Life;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/// A process that is a Spring application. Spring's own shutdown hook would leave it with the code of the signal that
/// ended it, and would not say when it failed.
public final class ApplicationLife {
    private ApplicationLife() {}

    /// Does not return.
    public static void lead(SpringApplicationBuilder application, String... arguments) {
        Life.lead("orlop", stop -> run(application, stop, arguments));
    }

    /// Ends by itself, too, if somebody closes its context.
    private static ConfigurableApplicationContext run(
            SpringApplicationBuilder application, Runnable stop, String... arguments) throws Life.Refused {
        ApplicationListener<ContextClosedEvent> end = closed -> {
            if (closed.getApplicationContext().getParent() == null) stop.run();
        };
        try {
            return application.registerShutdownHook(false).listeners(end).run(arguments);
        } catch (RuntimeException reported) {
            throw new Life.Refused("the start failed; the log above says why", 1);
        }
    }
}
