package io.orlop.store.pem;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/// A list of revoked certificates, signed by nobody in particular.
public final class RevokedPem {
    private RevokedPem() {}

    public static String of(BigInteger serial) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        byte[] algorithm = Der.sequence(Der.identifier("2a8648ce3d040302"));
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.identifier("55040a"), Der.text("nobody"))));
        byte[] day = Der.element(0x17, "240101000000Z".getBytes(StandardCharsets.US_ASCII));
        byte[] list = Der.sequence(
                Der.integer(BigInteger.ONE),
                algorithm,
                name,
                day,
                Der.sequence(Der.sequence(Der.integer(serial), day)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(list);
        byte[] whole = Der.sequence(list, algorithm, Der.bits(signature.sign()));
        return "-----BEGIN X509 CRL-----\n" + Base64.getMimeEncoder().encodeToString(whole)
                + "\n-----END X509 CRL-----\n";
    }
}
