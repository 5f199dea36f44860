package io.orlop.standalone;

import io.orlop.control.loop.BackOff;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// How one waits who starts: a busy machine is slow, whoever should answer may not lead yet, and another may be at the
/// same thing. "Not now" is asked again, with growing pauses; "no" is passed on at once.
///
/// ```
///   0 s       3 s                     1 min 3 s               5 min
///   try, try  "waiting for …" try …   "waiting for …" try …   gives up, with the last answer
/// ```
final class Patience {
    private static final Duration SILENT = Duration.ofSeconds(3);
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);
    /// Whoever waits at a start looks at the clock: nobody is asked less often than four times a second.
    private static final BackOff PAUSES = new BackOff(Duration.ofMillis(20), Duration.ofMillis(250));

    private final Ambient ambient;
    private final Consumer<String> say;
    private final Duration limit;

    /// @param say takes a line for the user
    /// @param limit how long one thing may take
    Patience(Ambient ambient, Consumer<String> say, Duration limit) {
        this.ambient = ambient;
        this.say = say;
        this.limit = limit;
    }

    /// Waits until it is so.
    ///
    /// @param what in the form "node-1 to register"
    void await(String what, BooleanSupplier holds) throws InterruptedException {
        until(what, () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /// Tries until there is something; a refusal that will pass counts as nothing.
    ///
    /// @throws RefusalException one that will not pass
    /// @throws StartRefused when it took too long
    <T> T until(String what, Supplier<Optional<T>> attempt) throws InterruptedException {
        long start = ambient.nanos();
        long line = SILENT.toNanos();
        String why = "";
        for (int failures = 1; ; failures++) {
            try {
                Optional<T> done = attempt.get();
                if (done.isPresent()) return done.get();
            } catch (RefusalException refused) {
                if (!refused.refusal().passing()) throw refused;
                why = " (" + refused.refusal().problem() + ")";
            }
            long waited = ambient.nanos() - start;
            if (waited >= limit.toNanos()) {
                throw new StartRefused("waited %d s for %s%s, in vain: look into the log above"
                        .formatted(limit.toSeconds(), what, why));
            }
            if (waited >= line) {
                say.accept("waiting for " + what + why);
                line += BETWEEN_LINES.toNanos();
            }
            ambient.sleep(PAUSES.after(failures, ambient.random()));
        }
    }
}
