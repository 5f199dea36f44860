package io.orlop.store;

import io.orlop.store.etcd.AuthOptions;
import io.orlop.store.pem.GivenFile;
import io.orlop.store.token.SigningKeys;
import io.orlop.store.token.SigningMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `--auth-token`: `simple`, or `jwt` with the files of its keys:
///
/// ```
///   jwt,sign-method=RS256,pub-key=/keys/tokens.pub,priv-key=/keys/tokens.pem,ttl=10m
/// ```
final class AuthFlags {
    private static final Duration SIGNED_LIFE = Duration.ofMinutes(5);

    private AuthFlags() {}

    static AuthOptions options(StoreFlags flags) throws IOException {
        AuthOptions usual = AuthOptions.usual()
                .passwordCost((int) flags.number(StoreFlag.BCRYPT_COST))
                .tokenLife(Duration.ofSeconds(flags.size(StoreFlag.AUTH_TOKEN_TTL)));
        String[] words = flags.text(StoreFlag.AUTH_TOKEN).split(",", -1);
        return switch (words[0]) {
            case "simple" -> usual;
            case "jwt" -> signed(usual, parts(words));
            default -> throw invalid("there is no kind " + words[0] + ", only simple and jwt");
        };
    }

    private static Map<String, String> parts(String[] words) {
        Map<String, String> parts = new HashMap<>();
        for (String word : Arrays.asList(words).subList(1, words.length)) {
            int equals = word.indexOf('=');
            if (equals < 0 || word.indexOf('=', equals + 1) >= 0) throw invalid(word + " is not NAME=VALUE");
            String before = parts.put(word.substring(0, equals), word.substring(equals + 1));
            if (before != null) throw invalid(word + " is said twice");
        }
        return parts;
    }

    private static AuthOptions signed(AuthOptions usual, Map<String, String> parts) throws IOException {
        String ttl = parts.getOrDefault("ttl", "");
        Duration life = ttl.isEmpty() ? SIGNED_LIFE : StoreFlags.duration(ttl);
        if (life == null) throw invalid("ttl=" + ttl + " is not a time like 10m");
        SigningKeys keys =
                SigningKeys.of(method(parts.get("sign-method")), file(parts, "pub-key"), file(parts, "priv-key"));
        return usual.tokenLife(life).signedWith(keys);
    }

    private static SigningMethod method(@Nullable String name) {
        for (SigningMethod method : SigningMethod.values()) {
            if (method.name().equals(name)) return method;
        }
        throw new IllegalArgumentException("--auth-token: auth: invalid auth signature method: give sign-method="
                + Arrays.toString(SigningMethod.values()));
    }

    private static byte @Nullable [] file(Map<String, String> parts, String part) throws IOException {
        String name = parts.getOrDefault(part, "");
        if (name.isEmpty()) return null;
        return Files.readAllBytes(GivenFile.of("--auth-token: auth: invalid auth options: " + part, name));
    }

    private static IllegalArgumentException invalid(String why) {
        return new IllegalArgumentException("--auth-token: auth: invalid auth options: " + why);
    }
}
