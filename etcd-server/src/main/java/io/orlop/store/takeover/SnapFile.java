package io.orlop.store.takeover;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.proto.walpb.ConfState;
import io.orlop.store.proto.walpb.Snapshot;
import io.orlop.store.proto.walpb.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file `member/snap/<term>-<index>.snap`: who took part in the consensus when its log was at an entry. It counts if
/// the log knows of it, too; without that it is what a crash left.
record SnapFile(Path path, Mark mark) {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.snap");

    /// A place in the log.
    record Mark(long term, long index) {}

    static List<SnapFile> in(Path directory) throws IOException {
        List<SnapFile> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) return found;
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (!name.matches()) continue;
                Mark mark =
                        new Mark(Long.parseUnsignedLong(name.group(1), 16), Long.parseUnsignedLong(name.group(2), 16));
                found.add(new SnapFile(file, mark));
            }
        }
        return found;
    }

    /// Those who have a voice, had one, or will: each of them has a log of his own.
    Set<Long> members() throws IOException {
        ConfState state = read().getMetadata().getConfState();
        Set<Long> members = new TreeSet<>(Long::compareUnsigned);
        members.addAll(state.getVotersList());
        members.addAll(state.getLearnersList());
        members.addAll(state.getVotersOutgoingList());
        members.addAll(state.getLearnersNextList());
        return members;
    }

    private Snapshot read() throws IOException {
        Snapshot snapshot;
        try {
            SnapshotFile file = SnapshotFile.parseFrom(Files.readAllBytes(path));
            Crc32c sum = new Crc32c();
            sum.update(file.getData());
            if (file.getCrc() != sum.value()) throw damaged("its checksum does not match");
            snapshot = Snapshot.parseFrom(file.getData());
        } catch (InvalidProtocolBufferException e) {
            throw damaged("it is no snapshot of the consensus");
        }
        if (snapshot.getMetadata().getIndex() != mark.index) {
            throw damaged("it is of entry " + snapshot.getMetadata().getIndex());
        }
        return snapshot;
    }

    private IOException damaged(String what) {
        return new IOException(path + " is damaged: " + what);
    }
}
