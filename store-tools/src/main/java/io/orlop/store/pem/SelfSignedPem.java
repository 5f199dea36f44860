package io.orlop.store.pem;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A key, and the certificate that it signed itself: enough to keep a conversation from those who only listen, and to
/// recognise a server by its certificate. The JDK makes none but by a tool that not every installation has.
///
/// ```
///   Certificate      SEQUENCE { what is signed, algorithm, BIT STRING { signature } }
///   what is signed   SEQUENCE { [0] 2, serial, algorithm, issuer, SEQUENCE { from, until }, subject, key, [3]
///   extensions }
/// ```
///
/// @param certificate PEM
/// @param key PKCS #8 as PEM
public record SelfSignedPem(String certificate, String key) {
    private static final String ECDSA_WITH_SHA256 = "2a8648ce3d040302";
    private static final String ORGANIZATION = "55040a";
    private static final String KEY_USAGE = "551d0f";
    private static final String SUBJECT_ALTERNATIVE_NAME = "551d11";
    private static final String BASIC_CONSTRAINTS = "551d13";
    private static final String EXTENDED_KEY_USAGE = "551d25";
    private static final String CLIENT = "2b06010505070302";
    private static final String SERVER = "2b06010505070301";
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /// @param hosts names and addresses under which it is reached
    public static SelfSignedPem of(List<String> hosts, Instant from, Instant until) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] algorithm = Der.sequence(Der.identifier(ECDSA_WITH_SHA256));
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.identifier(ORGANIZATION), Der.text("orlop"))));
        byte[] signed = Der.sequence(
                Der.element(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(120, new SecureRandom()).add(BigInteger.ONE)),
                algorithm,
                name,
                Der.sequence(time(from), time(until)),
                name,
                pair.getPublic().getEncoded(),
                Der.element(0xa3, extensions(hosts)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(signed);
        byte[] certificate = Der.sequence(signed, algorithm, Der.bits(signature.sign()));
        return new SelfSignedPem(
                pem("CERTIFICATE", certificate),
                pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static byte[] time(Instant moment) {
        // Two digits of the year until 2049, four from then on: whoever reads them asks for that.
        String text = TIME.format(moment);
        boolean general = text.compareTo("2050") >= 0;
        return Der.element(
                general ? 0x18 : 0x17, (general ? text : text.substring(2)).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extensions(List<String> hosts) {
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) names.add(name(host));
        byte[] signsAndEnciphers = {3, 2, 5, (byte) 0xa0};
        return Der.sequence(
                Der.sequence(Der.identifier(KEY_USAGE), Der.yes(), Der.octets(signsAndEnciphers)),
                Der.sequence(
                        Der.identifier(EXTENDED_KEY_USAGE),
                        Der.octets(Der.sequence(Der.identifier(CLIENT), Der.identifier(SERVER)))),
                Der.sequence(Der.identifier(BASIC_CONSTRAINTS), Der.yes(), Der.octets(Der.sequence())),
                Der.sequence(
                        Der.identifier(SUBJECT_ALTERNATIVE_NAME),
                        Der.octets(Der.sequence(names.toArray(byte[][]::new)))));
    }

    private static byte[] name(String host) {
        if (ADDRESS.matcher(host).matches()) {
            try {
                return Der.element(0x87, InetAddress.getByName(host).getAddress());
            } catch (UnknownHostException noAddress) {
                // Then it is a name.
            }
        }
        return Der.element(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}
