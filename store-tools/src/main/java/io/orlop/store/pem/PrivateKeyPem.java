package io.orlop.store.pem;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A private key in the forms in which tools write it. The JDK reads PKCS #8; the older forms of RSA and EC keys are
/// the inner part of that, and get its shell.
///
/// ```
///   PKCS #8    SEQUENCE { 0, SEQUENCE { algorithm, parameters }, OCTET STRING { inner } }
///   RSA        inner as it is (PKCS #1)
///   EC         inner as it is (SEC 1), whose tag [0] names the curve: the parameters
/// ```
public final class PrivateKeyPem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([^-]+)-----END ");
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private PrivateKeyPem() {}

    /// @param pem may hold more than the key; the first one counts
    /// @return PKCS #8
    public static byte[] pkcs8(String pem) throws InvalidKeySpecException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) throw new InvalidKeySpecException("there is no private key that is not encrypted");
        byte[] inner;
        try {
            inner = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("the private key is not base64: " + e.getMessage(), e);
        }
        return switch (block.group(1)) {
            case "RSA " -> shell(RSA, inner);
            case "EC " -> shell(Der.joined(EC, curve(inner)), inner);
            default -> inner;
        };
    }

    /// The same in PEM again, for those who take no other.
    public static String general(String pem) throws InvalidKeySpecException {
        String bytes = Base64.getMimeEncoder().encodeToString(pkcs8(pem));
        return "-----BEGIN PRIVATE KEY-----\n" + bytes + "\n-----END PRIVATE KEY-----\n";
    }

    /// @param algorithm as the JDK calls it
    public static PrivateKey key(String pem, String algorithm) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8(pem)));
    }

    private static byte[] shell(byte[] algorithm, byte[] inner) {
        byte[] version = {2, 1, 0};
        return Der.sequence(version, Der.sequence(algorithm), Der.octets(inner));
    }

    /// The object identifier within `[0]`, after the version and the octets of the key.
    private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
        for (int at = 0; at + 3 < sec1.length; at++) {
            if ((sec1[at] & 0xff) == 0xa0 && sec1[at + 2] == 6 && sec1[at + 1] == sec1[at + 3] + 2) {
                return Arrays.copyOfRange(sec1, at + 2, at + 4 + sec1[at + 3]);
            }
        }
        throw new InvalidKeySpecException("the private key does not name its curve");
    }
}
