package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.model.Bytes;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens copies and judges whether they can be part of a nexus.
final class Children {
    private static final Pattern UUID_PARAMETER = Pattern.compile("[?&]uuid=([^&]+)");

    private Children() {}

    record Opened(String uri, ReplicaId uuid, BlockDevice device) {}

    /// Opens all or none.
    static List<Opened> openAll(List<String> uris, DeviceOpener opener) {
        refuseTwins(uris);
        List<Opened> opened = new ArrayList<>();
        boolean all = false;
        try {
            for (String uri : uris) opened.add(open(uri, opener));
            all = true;
        } finally {
            if (!all) opened.forEach(child -> closeQuietly(child.device()));
        }
        return opened;
    }

    /// The same replica twice is one copy, and counts as two.
    private static void refuseTwins(List<String> uris) {
        TreeMap<ReplicaId, String> seen = new TreeMap<>();
        for (String uri : uris) {
            String twin = seen.putIfAbsent(uuidOf(uri), uri);
            if (twin == null) continue;
            throw new Refusal.Invalid(
                            "children '%s' and '%s' are the same replica".formatted(twin, uri),
                            "name each replica once")
                    .exception();
        }
    }

    static Opened open(String uri, DeviceOpener opener) {
        ReplicaId uuid = uuidOf(uri);
        try {
            return new Opened(uri, uuid, opener.open(uri));
        } catch (IOException e) {
            throw new Refusal.Invalid(
                            "child '%s' cannot be opened: %s".formatted(uri, e.getMessage()),
                            "check that the replica exists, is shared and lets this node connect")
                    .exception();
        }
    }

    /// What a nexus of these copies shows to hosts, in blocks.
    static long commonBlocks(String nexus, List<Opened> children, long size) {
        if (children.isEmpty()) {
            throw new Refusal.Invalid("nexus '%s' has no children".formatted(nexus), "name at least one replica's URI")
                    .exception();
        }
        int blockSize = children.get(0).device().blockSize();
        long blocks = Long.MAX_VALUE;
        for (Opened child : children) {
            if (child.device().blockSize() != blockSize) {
                throw new Refusal.Invalid(
                                "children of nexus '%s' have blocks of %d and of %d bytes"
                                        .formatted(
                                                nexus, blockSize, child.device().blockSize()),
                                "use replicas of one block size")
                        .exception();
            }
            if (child.device().size() < size) {
                throw new Refusal.Invalid(
                                "child '%s' of %s is smaller than nexus '%s' of %s"
                                        .formatted(
                                                child.uri(),
                                                Bytes.of(child.device().size()),
                                                nexus,
                                                Bytes.of(size)),
                                "use larger replicas, or ask for less")
                        .exception();
            }
            blocks = Math.min(blocks, dataBlocks(child, size));
        }
        return blocks;
    }

    static long dataBlocks(Opened child, long size) {
        long blocks = Label.dataBlocks(child.device().blocks(), child.device().blockSize(), size);
        if (blocks < 1) {
            throw new Refusal.Invalid(
                            "child '%s' of %s is too small"
                                    .formatted(
                                            child.uri(), Bytes.of(child.device().size())),
                            "use a replica of more than 5 MiB and 17 KiB, which the nexus keeps for itself")
                    .exception();
        }
        return blocks;
    }

    static BlockDevice window(BlockDevice device, long blocks) {
        return new Window(device, Label.DATA_OFFSET, blocks);
    }

    /// Which replica a copy is; it is written down, and the URI may change.
    static ReplicaId uuidOf(String uri) {
        Matcher parameter = UUID_PARAMETER.matcher(uri);
        if (!parameter.find()) {
            throw new Refusal.Invalid(
                            "child '%s' does not say which replica it is".formatted(uri),
                            "append ?uuid= and the replica's uuid")
                    .exception();
        }
        return ReplicaId.of(parameter.group(1));
    }

    static void closeQuietly(BlockDevice device) {
        try {
            device.close();
        } catch (IOException _) {
            // it failed, which is why it is being closed
        }
    }
}
