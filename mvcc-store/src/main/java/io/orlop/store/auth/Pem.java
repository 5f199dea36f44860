package io.orlop.store.auth;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys as `openssl` writes them. Java reads the general forms (`PRIVATE KEY`, `PUBLIC KEY`, `CERTIFICATE`); the older
/// ones that name their algorithm are put into the general one:
///
/// ```
///   SEQUENCE { INTEGER 0, SEQUENCE { algorithm, parameters }, OCTET STRING { the old form } }
/// ```
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \\1-----");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final String EC_WITH_CURVE = "06072a8648ce3d0201";
    private static final int CURVE_TAG = 0xa0;

    private Pem() {}

    private record Block(String kind, byte[] der) {}

    static PrivateKey privateKey(String pem, String algorithm) throws GeneralSecurityException {
        Matcher matcher = BLOCK.matcher(pem);
        while (matcher.find()) {
            Block block = block(matcher);
            byte[] general =
                    switch (block.kind) {
                        case "PRIVATE KEY" -> block.der;
                        case "RSA PRIVATE KEY" -> sequence(VERSION_0, RSA, tagged(OCTETS, block.der));
                        case "EC PRIVATE KEY" -> sequence(VERSION_0, curve(block.der), tagged(OCTETS, block.der));
                        default -> new byte[0];
                    };
            if (general.length > 0) {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(general));
            }
        }
        throw new InvalidKeySpecException("there is no private key in the file");
    }

    static PublicKey publicKey(String pem, String algorithm) throws GeneralSecurityException {
        Matcher matcher = BLOCK.matcher(pem);
        while (matcher.find()) {
            Block block = block(matcher);
            switch (block.kind) {
                case "PUBLIC KEY" -> {
                    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(block.der));
                }
                case "CERTIFICATE" -> {
                    return CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.der))
                            .getPublicKey();
                }
                default -> {}
            }
        }
        throw new InvalidKeySpecException("there is no public key in the file");
    }

    private static Block block(Matcher matcher) throws InvalidKeySpecException {
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2).getBytes(StandardCharsets.US_ASCII));
            return new Block(matcher.group(1), der);
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("the key is not base64", e);
        }
    }

    /// The algorithm with the curve that the key names: `[0] { OID }` in it.
    private static byte[] curve(byte[] der) throws InvalidKeySpecException {
        for (int at = 0; at + 4 < der.length; at++) {
            boolean names = (der[at] & 0xff) == CURVE_TAG && der[at + 2] == 6 && der[at + 1] == der[at + 3] + 2;
            if (!names || at + 2 + der[at + 1] > der.length) continue;
            byte[] oid = Arrays.copyOfRange(der, at + 2, at + 2 + der[at + 1]);
            return sequence(HexFormat.of().parseHex(EC_WITH_CURVE), oid);
        }
        throw new InvalidKeySpecException("the key does not name its curve");
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return tagged(SEQUENCE, all.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (content.length < 0x80) {
            all.write(content.length);
        } else {
            all.write(0x82);
            all.write(content.length >> 8);
            all.write(content.length);
        }
        all.writeBytes(content);
        return all.toByteArray();
    }
}
