package io.orlop.dataplane.agent;

import io.orlop.model.ReplicaId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `bdev:///{name}?uuid={uuid}`: a replica as its own node names it.
record ReplicaUri(String name, Optional<ReplicaId> uuid) {
    private static final Pattern FORM = Pattern.compile("(?:bdev|loopback):///([^?]+)(?:\\?uuid=(.+))?");

    /// Empty for any other URI.
    static Optional<ReplicaUri> parse(String uri) {
        Matcher matcher = FORM.matcher(uri);
        if (!matcher.matches()) return Optional.empty();
        return Optional.of(new ReplicaUri(
                matcher.group(1), Optional.ofNullable(matcher.group(2)).map(ReplicaId::of)));
    }

    static String of(String name, ReplicaId uuid) {
        return "bdev:///" + name + "?uuid=" + uuid;
    }
}
