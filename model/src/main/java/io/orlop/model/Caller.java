package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// On whose behalf something is done, and by which edge they came in. An edge binds it around each request, and it
/// travels in the calls between services, so that no contract has to name it:
///
/// ```
///   api-gateway    new Caller("anna", "rest").call(…) ─► volume-service  Caller.current() ─► pool-scheduler …
///   a reconciler                                         Caller.current() is SYSTEM
/// ```
///
/// It is bound to the thread. A thread that is started by hand works for [#SYSTEM] until it is given the caller's
/// `run`.
///
/// @param who a name as the edge authenticated it, or [#ANONYMOUS]
/// @param edge `rest`, `csi`, …
public record Caller(String who, String edge) {
    public static final String ANONYMOUS = "anonymous";

    /// The control plane itself, which keeps what somebody asked for earlier.
    public static final Caller SYSTEM = new Caller("system", "control-plane");

    private static final int LONGEST = 256;
    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

    public Caller {
        if (who.isBlank() || edge.isBlank()) {
            throw new Refusal.Invalid(
                            "caller '%s' of edge '%s' has no name".formatted(who, edge), "name both, or be anonymous")
                    .exception();
        }
        if (who.length() > LONGEST || edge.length() > LONGEST) {
            throw new Refusal.Invalid(
                            "a caller's name has %d characters".formatted(Math.max(who.length(), edge.length())),
                            "use at most " + LONGEST)
                    .exception();
        }
    }

    /// Whom the present thread works for.
    public static Caller current() {
        return CURRENT.orElse(SYSTEM);
    }

    /// Does something for this caller.
    public <R extends @Nullable Object, X extends Throwable> R call(ScopedValue.CallableOp<? extends R, X> work)
            throws X {
        return ScopedValue.where(CURRENT, this).<R, X>call(work::call);
    }

    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    @Override
    public String toString() {
        return who + " by " + edge;
    }
}
