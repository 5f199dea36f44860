package io.orlop.store.token;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import java.nio.charset.StandardCharsets;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// Passwords are kept as bcrypt makes them: slow to make, slower to guess. Both take tens of milliseconds of a
/// processor, so they belong on a thread that nobody else waits for.
///
/// @param cost the logarithm of how slow
public record Passwords(int cost) {
    public static final int COST_MIN = 4;
    public static final int COST_MAX = 31;
    public static final int COST_USUAL = 10;

    /// What bcrypt takes into account.
    private static final int BYTES_MAX = 72;

    /// As in etcd, a cost that cannot be is the usual one.
    public Passwords {
        if (cost < COST_MIN || cost > COST_MAX) cost = COST_USUAL;
    }

    public String hash(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) throw new DeniedException(Denial.PASSWORD_TOO_LONG);
        return BCrypt.hashpw(bytes, BCrypt.gensalt(cost));
    }

    public boolean matches(String password, String hash) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (hash.isEmpty() || bytes.length > BYTES_MAX) return false;
        try {
            return BCrypt.checkpw(bytes, hash);
        } catch (IllegalArgumentException noHash) {
            return false;
        }
    }
}
