package io.orlop.store.token;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.User;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Sixteen random letters and a number, known to this process only: a restart forgets them all. A token that is used
/// lives on.
///
/// Whether a token is still good is seen from the state: it is void when its user is gone or has another password, and
/// when auth was switched off since. So nobody has to remember to recall any.
public final class SimpleTokens implements Tokens {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int LENGTH = 16;

    /// Those that are good at the same time: some 20 MB.
    private static final int ISSUED_MAX = 100_000;

    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final long lifeNanos;
    private final Map<String, Issued> issued = new ConcurrentHashMap<>();

    /// @param authRevision when it was issued
    /// @param deadline in the clock's nanoseconds; moves with each use
    private record Issued(String user, String passwordHash, long authRevision, AtomicLong deadline) {}

    /// @param random must not be guessable
    /// @param nanos a clock that never goes back
    public SimpleTokens(RandomGenerator random, LongSupplier nanos, Duration life) {
        this.random = random;
        this.nanos = nanos;
        this.lifeNanos = life.toNanos();
    }

    @Override
    public String issue(User user, AuthState state, long index) {
        long now = nanos.getAsLong();
        issued.values().removeIf(old -> old.deadline.get() - now <= 0);
        if (issued.size() >= ISSUED_MAX) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
        StringBuilder token = new StringBuilder(LENGTH + 12);
        for (int i = 0; i < LENGTH; i++) token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        token.append('.').append(index);
        issued.put(
                token.toString(),
                new Issued(user.name(), user.passwordHash(), state.revision(), new AtomicLong(now + lifeNanos)));
        return token.toString();
    }

    @Override
    public Optional<Caller.Named> bearer(String token, AuthState state) {
        Issued known = issued.get(token);
        if (known == null) return Optional.empty();
        long now = nanos.getAsLong();
        User user = state.user(known.user);
        boolean good = known.deadline.get() - now > 0
                && user != null
                && user.passwordHash().equals(known.passwordHash)
                && known.authRevision >= state.disabledAt();
        if (!good) {
            issued.remove(token);
            return Optional.empty();
        }
        known.deadline.set(now + lifeNanos);
        return Optional.of(new Caller.Named(known.user, state.revision()));
    }

    /// How many are remembered, good or not.
    int size() {
        return issued.size();
    }
}
