package io.orlop.wire.status;

import java.util.function.IntUnaryOperator;

/// The beginning of a text that is too long to travel whole, measured as it travels:
///
/// ```
///              in JSON             in a status (percent-encoded)
///   "disk"     64 69 73 6B    4    disk                  4
///   "диск"     D0 B4 D0 …     8    %D0%B4%D0%B8…        24
///   "磁盘"     E7 A3 81 …     6    %E7%A3%81%E7…        18
/// ```
final class Beginning {
    private Beginning() {}

    static String inJson(String text, int bytes) {
        return of(text, bytes, character -> switch (character) {
            case '"', '\\' -> 2;
            default -> character < ' ' ? 6 : utf8(character);
        });
    }

    static String inStatus(String text, int bytes) {
        return of(
                text,
                bytes,
                character -> character >= ' ' && character <= '~' && character != '%' ? 1 : 3 * utf8(character));
    }

    /// By whole characters: half of one is none.
    private static String of(String text, int bytes, IntUnaryOperator width) {
        int left = bytes;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            left -= width.applyAsInt(character);
            if (left < 0) return text.substring(0, at) + "…";
            at += Character.charCount(character);
        }
        return text;
    }

    private static int utf8(int character) {
        if (character < 0x80) return 1;
        if (character < 0x800) return 2;
        return character < 0x10000 ? 3 : 4;
    }
}
