package io.orlop.store.etcd;

import io.orlop.store.token.Passwords;
import io.orlop.store.token.SignedTokens;
import io.orlop.store.token.SigningKeys;
import io.orlop.store.token.SimpleTokens;
import io.orlop.store.token.Tokens;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How users prove who they are.
///
/// @param passwordCost the logarithm of how slow a password is to guess, 4 to 31
/// @param tokenLife how long a token is good; a simple one from its last use, a signed one from its issue
/// @param signing the keys of signed tokens; without, tokens are simple
public record AuthOptions(int passwordCost, Duration tokenLife, @Nullable SigningKeys signing) {
    public static AuthOptions usual() {
        return new AuthOptions(Passwords.COST_USUAL, Duration.ofSeconds(300), null);
    }

    public AuthOptions passwordCost(int cost) {
        return new AuthOptions(cost, tokenLife, signing);
    }

    public AuthOptions tokenLife(Duration life) {
        return new AuthOptions(passwordCost, life, signing);
    }

    public AuthOptions signedWith(SigningKeys keys) {
        return new AuthOptions(passwordCost, tokenLife, keys);
    }

    Tokens tokens() {
        SigningKeys keys = signing;
        return keys == null
                ? new SimpleTokens(new SecureRandom(), System::nanoTime, tokenLife)
                : new SignedTokens(keys, Instant::now, tokenLife);
    }
}
