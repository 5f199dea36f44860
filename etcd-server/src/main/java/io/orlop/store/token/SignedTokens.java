package io.orlop.store.token;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/// JSON web tokens: they say themselves who it is, since which revision of the users, and until when; a signature
/// proves it. So they outlive a restart, and whoever has the public key can read them.
///
/// ```
///   {"alg":"RS256","typ":"JWT"} . {"exp":1763740000,"revision":7,"username":"anna"} . signature
/// ```
/// Nothing recalls one. But it carries its revision, and whoever shows one from before a change is sent for another.
public final class SignedTokens implements Tokens {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final SigningKeys keys;
    private final Supplier<Instant> clock;
    private final Duration life;

    public SignedTokens(SigningKeys keys, Supplier<Instant> clock, Duration life) {
        this.keys = keys;
        this.clock = clock;
        this.life = life;
    }

    @Override
    public String issue(User user, AuthState state, long index) {
        Key signing = keys.signing();
        if (signing == null) throw new DeniedException(Denial.TOKEN_NOT_SIGNED);
        try {
            String header = "{\"alg\":\"" + keys.method() + "\",\"typ\":\"JWT\"}";
            String name = JsonFormat.printer()
                    .print(Value.newBuilder().setStringValue(user.name()).build());
            String claims = "{\"exp\":" + clock.get().plus(life).getEpochSecond() + ",\"revision\":" + state.revision()
                    + ",\"username\":" + name + "}";
            String signed = base64(header) + "." + base64(claims);
            return signed + "." + BASE64.encodeToString(keys.method().sign(ascii(signed), signing));
        } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
            throw new IllegalStateException("a token could not be signed: " + e.getMessage(), e);
        }
    }

    private static String base64(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<Caller.Named> bearer(String token, AuthState state) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) return Optional.empty();
        try {
            Struct header = json(parts[0]);
            if (!keys.method().name().equals(string(header, "alg"))) return Optional.empty();
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            if (!keys.method().verify(ascii(parts[0] + "." + parts[1]), signature, keys.verifying())) {
                return Optional.empty();
            }
            return named(json(parts[1]));
        } catch (GeneralSecurityException | InvalidProtocolBufferException | IllegalArgumentException forged) {
            return Optional.empty();
        }
    }

    private Optional<Caller.Named> named(Struct claims) {
        Value revision = claims.getFieldsOrDefault("revision", Value.getDefaultInstance());
        Value expiry = claims.getFieldsOrDefault("exp", Value.getDefaultInstance());
        String name = string(claims, "username");
        boolean complete = !name.isEmpty() && revision.hasNumberValue();
        boolean over = expiry.hasNumberValue() && clock.get().getEpochSecond() >= expiry.getNumberValue();
        if (!complete || over) return Optional.empty();
        return Optional.of(new Caller.Named(name, (long) revision.getNumberValue()));
    }

    private static String string(Struct json, String field) {
        return json.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
    }

    private static Struct json(String base64) throws InvalidProtocolBufferException {
        Struct.Builder json = Struct.newBuilder();
        JsonFormat.parser().merge(new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8), json);
        return json.build();
    }
}
