package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.etcd.AuthOptions;
import io.orlop.store.token.SigningKeys;
import io.orlop.store.token.SigningMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthFlagsTest {
    @TempDir
    Path directory;

    private static AuthOptions options(String... arguments) throws IOException {
        return AuthFlags.options(StoreFlags.parse(Map.of(), arguments));
    }

    private Path pem(String name, String what, byte[] bytes) throws IOException {
        String content = Base64.getMimeEncoder().encodeToString(bytes);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + what + "-----\n" + content + "\n-----END " + what + "-----\n");
    }

    @Test
    void tokensAreSimpleUnlessToldOtherwise() throws IOException {
        AuthOptions usual = options();
        assertThat(usual.signing()).isNull();
        assertThat(usual.tokenLife()).isEqualTo(Duration.ofSeconds(300));
        assertThat(usual.passwordCost()).isEqualTo(10);
        assertThat(options("--auth-token-ttl=7", "--bcrypt-cost=5"))
                .isEqualTo(new AuthOptions(5, Duration.ofSeconds(7), null));
    }

    @Test
    void readsTheKeysOfSignedTokens() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var pair = generator.generateKeyPair();
        Path secret = pem("tokens.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
        Path known = pem("tokens.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
        AuthOptions signed =
                options("--auth-token=jwt,sign-method=RS256,pub-key=" + known + ",priv-key=" + secret + ",ttl=10m");
        SigningKeys keys = Objects.requireNonNull(signed.signing());
        assertThat(signed.tokenLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(keys.method()).isEqualTo(SigningMethod.RS256);
        assertThat(keys.verifying()).isEqualTo(pair.getPublic());
        assertThat(keys.signing()).isEqualTo(pair.getPrivate());
        SigningKeys checking = Objects.requireNonNull(
                options("--auth-token=jwt,sign-method=PS512,pub-key=" + known).signing());
        assertThat(checking.signing()).isNull();
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> options("--auth-token=magic"))
                .hasMessageContaining("auth: invalid auth options")
                .hasMessageContaining("magic");
        assertThatThrownBy(() -> options("--auth-token=jwt"))
                .hasMessageContaining("auth: invalid auth signature method");
        assertThatThrownBy(() -> options("--auth-token=jwt,sign-method=HS256")).hasMessage("auth: missing key data");
        assertThatThrownBy(() -> options("--auth-token=jwt,sign-method=RS256,ttl=soon"))
                .hasMessageContaining("ttl=soon is not a time like 10m");
        assertThatThrownBy(() -> options("--auth-token=jwt,ttl")).hasMessageContaining("ttl is not NAME=VALUE");
        assertThatThrownBy(() -> options("--auth-token=jwt,ttl=1m,ttl=2m")).hasMessageContaining("is said twice");
    }
}
