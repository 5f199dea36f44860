package io.orlop.model;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names a replica: one copy of a volume's blocks, in one pool.
public record ReplicaId(UUID uuid) implements Comparable<ReplicaId> {
    private static final Pattern IN_URI =
            Pattern.compile("[?&]uuid=(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})(?:&|$)");

    /// @throws RefusalException if the text is not a UUID
    public static ReplicaId of(String text) {
        return new ReplicaId(Uuids.parse("replica", text));
    }

    /// The replica that a URI such as `bdev:///{name}?uuid={uuid}` leads to, if it says so.
    public static Optional<ReplicaId> behind(String uri) {
        Matcher uuid = IN_URI.matcher(uri);
        return uuid.find() ? Optional.of(of(uuid.group(1))) : Optional.empty();
    }

    @Override
    public int compareTo(ReplicaId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
