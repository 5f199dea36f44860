package io.orlop.model;

import java.util.HexFormat;
import java.util.UUID;

/// Reads UUIDs strictly: [UUID#fromString] also takes `1-1-1-1-1`.
final class Uuids {
    private static final int LENGTH = 36;

    private Uuids() {}

    static UUID parse(String noun, String text) {
        if (!canonical(text)) {
            throw new Refusal.Invalid(
                            "'%s' is not a %s uuid".formatted(text, noun),
                            "write it as 8-4-4-4-12 hexadecimal digits, for example"
                                    + " 0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f")
                    .exception();
        }
        return UUID.fromString(text);
    }

    /// Character by character: every list of a node holds thousands.
    private static boolean canonical(String text) {
        if (text.length() != LENGTH) return false;
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean right =
                    switch (i) {
                        case 8, 13, 18, 23 -> c == '-';
                        default -> HexFormat.isHexDigit(c);
                    };
            if (!right) return false;
        }
        return true;
    }
}
