package io.orlop.store.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokensTest {
    private static final User ANNA = new User("anna \"a\"", "hash", false, new TreeSet<>());
    private static final AuthState STATE = after(
            AuthState.NEW,
            new AuthChange.AddUser(User.ROOT, "hash", false),
            new AuthChange.GrantRole(User.ROOT, "root"),
            new AuthChange.AddUser(ANNA.name(), ANNA.passwordHash(), false),
            new AuthChange.Enable());

    private static AuthState after(AuthState state, AuthChange... changes) {
        AuthState next = state;
        for (AuthChange change : changes) next = change.applyTo(next);
        return next;
    }

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleTokens simple = new SimpleTokens(new Random(1), nanos::get, Duration.ofSeconds(10));

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void simpleTokenIsSixteenLettersAndANumber() {
        assertThat(simple.issue(ANNA, STATE, 42)).matches("[a-zA-Z]{16}\\.42");
    }

    @Test
    void simpleTokenLivesOnWhileItIsUsed() {
        String token = simple.issue(ANNA, STATE, 1);
        for (int i = 0; i < 5; i++) {
            pass(9);
            assertThat(simple.bearer(token, STATE)).contains(new Caller.Named(ANNA.name(), STATE.revision()));
        }
        pass(10);
        assertThat(simple.bearer(token, STATE)).isEmpty();
    }

    @Test
    void forgetsWhatIsOver() {
        for (int i = 0; i < 100; i++) {
            simple.issue(ANNA, STATE, i);
            pass(1);
        }
        assertThat(simple.size()).isLessThanOrEqualTo(10);
    }

    @Test
    void simpleTokenIsVoidWithItsUserOrPassword() {
        String token = simple.issue(ANNA, STATE, 1);
        assertThat(simple.bearer(
                        token,
                        after(
                                STATE,
                                new AuthChange.AddRole("reader"),
                                new AuthChange.GrantRole(ANNA.name(), "reader"))))
                .isPresent();
        assertThat(simple.bearer(token, after(STATE, new AuthChange.ChangePassword(ANNA.name(), "other"))))
                .isEmpty();
        String another = simple.issue(ANNA, STATE, 2);
        assertThat(simple.bearer(another, after(STATE, new AuthChange.DeleteUser(ANNA.name()))))
                .isEmpty();
    }

    @Test
    void simpleTokenDoesNotSurviveThatAuthIsSwitchedOffAndOn() {
        String token = simple.issue(ANNA, STATE, 1);
        assertThat(simple.bearer(token, after(STATE, new AuthChange.Disable(), new AuthChange.Enable())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(SigningMethod.class)
    void signedTokenSaysWhoAndSinceWhen(SigningMethod method) throws GeneralSecurityException {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));
        SignedTokens tokens = new SignedTokens(keys(method), now::get, Duration.ofMinutes(5));
        String token = tokens.issue(ANNA, STATE, 0);
        assertThat(tokens.bearer(token, STATE)).contains(new Caller.Named(ANNA.name(), STATE.revision()));

        SignedTokens stranger = new SignedTokens(keys(method), now::get, Duration.ofMinutes(5));
        assertThat(stranger.bearer(token, STATE)).isEmpty();
        now.set(now.get().plusSeconds(300));
        assertThat(tokens.bearer(token, STATE)).isEmpty();
    }

    @Test
    void believesNoTokenThatWasChanged() throws GeneralSecurityException {
        SignedTokens tokens = new SignedTokens(keys(SigningMethod.ES256), Instant::now, Duration.ofMinutes(5));
        String token = tokens.issue(ANNA, STATE, 0);
        for (int at = 0; at < token.length() - 1; at++) {
            char other = token.charAt(at) == 'A' ? 'B' : 'A';
            String forged = token.substring(0, at) + other + token.substring(at + 1);
            assertThat(tokens.bearer(forged, STATE)).as("changed at " + at).isEmpty();
        }
        assertThat(tokens.bearer("", STATE)).isEmpty();
        assertThat(tokens.bearer("..", STATE)).isEmpty();
        assertThat(tokens.bearer("a.b.c.d", STATE)).isEmpty();
    }

    @Test
    void believesNoTokenOfAnotherMethod() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String none = base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString("{\"username\":\"root\",\"revision\":9}".getBytes(StandardCharsets.UTF_8))
                + ".";
        SigningKeys keys = SigningKeys.of(SigningMethod.HS256, null, "secret".getBytes(StandardCharsets.UTF_8));
        assertThat(new SignedTokens(keys, Instant::now, Duration.ofMinutes(5)).bearer(none, STATE))
                .isEmpty();
    }

    @Test
    void publicKeyAloneChecksAndDoesNotSign() throws GeneralSecurityException {
        KeyPair pair = pair(SigningMethod.RS256);
        SigningKeys both = SigningKeys.of(SigningMethod.RS256, null, privatePem(pair));
        SigningKeys one = SigningKeys.of(SigningMethod.RS256, publicPem(pair), null);
        String token = new SignedTokens(both, Instant::now, Duration.ofMinutes(5)).issue(ANNA, STATE, 0);
        SignedTokens checking = new SignedTokens(one, Instant::now, Duration.ofMinutes(5));
        assertThat(checking.bearer(token, STATE)).isPresent();
        assertThatThrownBy(() -> checking.issue(ANNA, STATE, 0))
                .hasMessage("auth: token signing attempted with verify-only key");
    }

    @Test
    void refusesKeysThatAreNoPair() throws GeneralSecurityException {
        byte[] one = publicPem(pair(SigningMethod.ES256));
        byte[] other = privatePem(pair(SigningMethod.ES256));
        assertThatThrownBy(() -> SigningKeys.of(SigningMethod.ES256, one, other))
                .hasMessage("auth: public and private keys don't match");
        assertThatThrownBy(() -> SigningKeys.of(SigningMethod.RS256, null, null))
                .hasMessage("auth: missing key data");
    }

    /// `BEGIN RSA PRIVATE KEY`: what is inside the general form.
    @Test
    void readsTheOlderFormOfAnRsaKey() throws GeneralSecurityException {
        KeyPair pair = pair(SigningMethod.RS256);
        byte[] general = ((RSAPrivateCrtKey) pair.getPrivate()).getEncoded();
        byte[] older = Arrays.copyOfRange(general, 26, general.length);
        SigningKeys keys = SigningKeys.of(SigningMethod.RS256, publicPem(pair), pem("RSA PRIVATE KEY", older));
        assertThat(keys.verifying()).isEqualTo(pair.getPublic());
    }

    private static SigningKeys keys(SigningMethod method) throws GeneralSecurityException {
        if (method.family() == SigningMethod.Family.SECRET) {
            byte[] secret = new byte[32];
            new Random().nextBytes(secret);
            return SigningKeys.of(method, null, secret);
        }
        KeyPair pair = pair(method);
        return SigningKeys.of(method, publicPem(pair), privatePem(pair));
    }

    private static KeyPair pair(SigningMethod method) throws GeneralSecurityException {
        KeyPairGenerator generator;
        switch (method.family()) {
            case RSA -> {
                generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
            }
            case EC -> {
                generator = KeyPairGenerator.getInstance("EC");
                String curve = method.name().replace("ES", "secp").replace("512", "521") + "r1";
                generator.initialize(new ECGenParameterSpec(curve));
            }
            default -> generator = KeyPairGenerator.getInstance("Ed25519");
        }
        return generator.generateKeyPair();
    }

    private static byte[] publicPem(KeyPair pair) {
        return pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    private static byte[] privatePem(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private static byte[] pem(String kind, byte[] der) {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + kind + "-----\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
