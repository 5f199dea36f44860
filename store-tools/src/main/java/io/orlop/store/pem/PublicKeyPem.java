package io.orlop.store.pem;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A public key, alone or in the certificate that says whose it is.
public final class PublicKeyPem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([^-]+)-----END \\1-----");

    private PublicKeyPem() {}

    /// @param algorithm as the JDK calls it
    public static PublicKey key(String pem, String algorithm) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) throw new InvalidKeySpecException("there is no public key in the file");
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("the key is not base64", e);
        }
        if (block.group(1).equals("PUBLIC KEY")) {
            return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
        }
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
    }
}
