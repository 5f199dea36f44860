package io.orlop.store.token;

import io.orlop.store.pem.PrivateKeyPem;
import io.orlop.store.pem.PublicKeyPem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The keys of signed tokens.
///
/// @param signing null where tokens are only checked, and issued elsewhere
/// @param verifying what a signature is checked with
public record SigningKeys(SigningMethod method, @Nullable Key signing, Key verifying) {
    /// @param publicKey PEM, or null
    /// @param privateKey PEM, or the secret itself for a method that has one, or null
    /// @throws IllegalArgumentException in etcd's words, if these are no keys of this method
    public static SigningKeys of(SigningMethod method, byte @Nullable [] publicKey, byte @Nullable [] privateKey) {
        if (method.family() == SigningMethod.Family.SECRET) {
            if (privateKey == null || privateKey.length == 0) throw missing();
            SecretKeySpec secret = new SecretKeySpec(privateKey, "HmacSHA256");
            return new SigningKeys(method, secret, secret);
        }
        String algorithm =
                switch (method.family()) {
                    case RSA -> "RSA";
                    case EC -> "EC";
                    case EDWARDS, SECRET -> "Ed25519";
                };
        try {
            PrivateKey signing = privateKey == null ? null : PrivateKeyPem.key(text(privateKey), algorithm);
            PublicKey verifying = publicKey == null ? null : PublicKeyPem.key(text(publicKey), algorithm);
            if (verifying == null) verifying = counterpart(signing);
            if (signing != null) ensureMatch(method, signing, verifying);
            return new SigningKeys(method, signing, verifying);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("auth: invalid auth options: " + e.getMessage(), e);
        }
    }

    private static String text(byte[] pem) {
        return new String(pem, StandardCharsets.US_ASCII);
    }

    private static IllegalArgumentException missing() {
        return new IllegalArgumentException("auth: missing key data");
    }

    /// Of an RSA key the public half is in the private one. Of others it may be, and Java does not say.
    private static PublicKey counterpart(@Nullable PrivateKey signing) throws GeneralSecurityException {
        if (signing == null) throw missing();
        if (signing instanceof RSAPrivateCrtKey rsa) {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        }
        throw new IllegalArgumentException(
                "auth: missing key data: give the public key beside the private one, pub-key=FILE");
    }

    private static void ensureMatch(SigningMethod method, PrivateKey signing, PublicKey verifying)
            throws GeneralSecurityException {
        byte[] message = {1, 2, 3};
        if (!method.verify(message, method.sign(message, signing), verifying)) {
            throw new IllegalArgumentException("auth: public and private keys don't match");
        }
    }

    /// Keys are nobody's business.
    @Override
    public String toString() {
        return "SigningKeys[" + method + "]";
    }
}
