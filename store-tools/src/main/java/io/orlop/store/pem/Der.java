package io.orlop.store.pem;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// ASN.1's plain encoding: a tag, how long it is, what it is.
///
/// ```
///   SEQUENCE of INTEGER 7 and TRUE     30 06 │ 02 01 07 │ 01 01 ff
/// ```
final class Der {
    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return element(0x30, joined(parts));
    }

    static byte[] set(byte[]... parts) {
        return element(0x31, joined(parts));
    }

    static byte[] integer(BigInteger value) {
        return element(2, value.toByteArray());
    }

    static byte[] octets(byte[] content) {
        return element(4, content);
    }

    /// Whole bytes of bits.
    static byte[] bits(byte[] content) {
        return element(3, joined(new byte[] {0}, content));
    }

    static byte[] yes() {
        return element(1, new byte[] {(byte) 0xff});
    }

    static byte[] text(String text) {
        return element(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /// @param encoded the inner bytes of an object identifier
    static byte[] identifier(String encoded) {
        return element(6, HexFormat.of().parseHex(encoded));
    }

    static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length > 0xffff) throw new IllegalArgumentException("too large for a key");
        if (content.length > 0xff) {
            out.write(0x82);
            out.write(content.length >> 8);
        } else if (content.length > 0x7f) {
            out.write(0x81);
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }
}
