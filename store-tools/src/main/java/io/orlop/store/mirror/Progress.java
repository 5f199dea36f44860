package io.orlop.store.mirror;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// How far a mirror is. It is kept in the destination and changes in the same transaction as the keys, or where they
/// are many after them, so that it is never ahead of them, whatever crashes.
sealed interface Progress {
    /// Copies the keys as they were at one revision, in order.
    ///
    /// @param done the last key that is copied, empty at the beginning
    record Copying(long revision, ByteString done) implements Progress {}

    /// Has everything up to this revision.
    record Following(long revision) implements Progress {}

    long revision();

    default ByteString encode() {
        return ByteString.copyFromUtf8(
                switch (this) {
                    case Copying(long revision, ByteString done) ->
                        "copying " + revision + " " + HexFormat.of().formatHex(done.toByteArray());
                    case Following(long revision) -> "following " + revision;
                });
    }

    static Progress decode(ByteString bytes) {
        String[] words = bytes.toString(StandardCharsets.UTF_8).split(" ", -1);
        return switch (words[0]) {
            case "copying" ->
                new Copying(
                        Long.parseLong(words[1]),
                        ByteString.copyFrom(HexFormat.of().parseHex(words[2])));
            case "following" -> new Following(Long.parseLong(words[1]));
            default -> throw new IllegalArgumentException("the mirror's progress reads " + String.join(" ", words));
        };
    }
}
