package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.etcd.RealEtcd;
import io.orlop.store.proto.walpb.ConfChange;
import io.orlop.store.proto.walpb.Entry;
import io.orlop.store.proto.walpb.Metadata;
import io.orlop.store.proto.walpb.SnapshotTaken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Whose directory it is, and who else took part: only the one there is can be taken over.
class TakeoverMembersTest extends TakeoverScene {
    private static final String FIRST = "http://127.0.0.1:" + freePort();
    private static final String SECOND = "http://127.0.0.1:" + freePort();

    private static int freePort() {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path second() {
        return directory.resolve("second");
    }

    private Path snapshot() {
        return directory.resolve("snapshot");
    }

    /// The first of two members, in our directory, while the second runs beside it.
    private void withTwo(With first) throws Exception {
        try (var starting = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RealEtcd> one = starting.submit(() -> member(data(), "one", FIRST));
            Future<RealEtcd> other = starting.submit(() -> member(second(), "two", SECOND));
            try (RealEtcd _ = other.get();
                    RealEtcd etcd = one.get()) {
                first.authority(etcd.authority());
            }
        }
    }

    private static RealEtcd member(Path data, String name, String peer) throws Exception {
        return RealEtcd.startOn(
                data,
                "--name=" + name,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + FIRST + ",two=" + SECOND,
                "--snapshot-count=5",
                "--strict-reconfig-check=false");
    }

    private static void twenty(Etcdctl etcdctl) throws Exception {
        for (int i = 0; i < 20; i++) etcdctl.okInTheEnd("put", "k" + i % 7, "v" + i);
    }

    private static long idOf(Etcdctl etcdctl, String name) throws Exception {
        return etcdctl.okInTheEnd("member", "list")
                .lines()
                .filter(line -> line.contains(" " + name + ","))
                .mapToLong(line -> Long.parseUnsignedLong(line.split(",", -1)[0], 16))
                .findFirst()
                .orElseThrow();
    }

    private void saved() throws Exception {
        withReal(directory.resolve("before"), authority -> {
            live(authority, 41, 300);
            Etcdctl.to(authority).ok("snapshot", "save", snapshot().toString());
        });
    }

    private Path restored(String into, String... flags) throws Exception {
        Path data = directory.resolve(into);
        List<String> words =
                new ArrayList<>(List.of("snapshot", "restore", snapshot().toString(), "--data-dir", data.toString()));
        words.addAll(List.of(flags));
        Etcdctl.to(0).ok(words.toArray(String[]::new));
        return data;
    }

    private static String[] as(String name, String url) {
        return new String[] {
            "--name=" + name, "--initial-cluster=" + name + "=" + url, "--initial-advertise-peer-urls=" + url
        };
    }

    /// A 3.4 leaves the old member in the database, and starts without asking it.
    @Test
    void goesOnFromASnapshotThatWasRestoredForAnotherCluster() throws Exception {
        saved();
        for (Path data : List.of(
                restored("elsewhere", as("default", SECOND)),
                restored("by another name", as("other", "http://localhost:2380")),
                restored("by another token", "--initial-cluster-token=other"))) {
            Path run = copy(data, data.getFileName() + " and started");
            takenAsEtcdWould(data, data.getFileName() + " for etcd", Inventory::of);
            withReal(run, authority -> live(authority, 42, 50));
            takenAsEtcdWould(run, run.getFileName() + " for etcd", Inventory::of);
        }
    }

    @Test
    void aSnapshotThatWasRestoredForSeveralIsRefused() throws Exception {
        saved();
        String all = "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3";
        refuses(
                restored("one of three", "--name=a", all, "--initial-advertise-peer-urls=http://127.0.0.1:1"),
                "it was one of 3 members");
    }

    @Test
    void oneOfSeveralIsRefusedAndAlsoWhereTheLogBeginsLater() throws Exception {
        withTwo(authority -> twenty(Etcdctl.to(authority)));
        refuses(data(), "it was one of 2 members");
        refuses(second(), "it was one of 2 members");
        refuses(data(), second().resolve("member/wal"), "it was one of 2 members");
        cut(data());
        refuses(data(), "it was one of 2 members");
    }

    /// As if files before the newest snapshot were removed, which takes some 64 MB each.
    private static long cut(Path data) throws IOException {
        WalFile wal = WalFile.read(wal(data));
        SnapshotTaken newest = SnapshotTaken.parseFrom(
                wal.records().get(wal.placesOf(5).getLast()).getData());
        for (int place : wal.placesOf(2).reversed()) {
            Entry entry = Entry.parseFrom(wal.records().get(place).getData());
            if (entry.getIndex() <= newest.getIndex()) wal.records().remove(place);
        }
        wal.write(wal(data));
        return newest.getIndex();
    }

    @Test
    void whoIsLeftOfTwoIsTakenOverAndWhoWasRemovedIsNot() throws Exception {
        long[] ids = new long[2];
        Inventory[] left = new Inventory[1];
        withTwo(authority -> {
            Etcdctl etcdctl = Etcdctl.to(authority);
            ids[0] = idOf(etcdctl, "one");
            ids[1] = idOf(etcdctl, "two");
            twenty(etcdctl);
            etcdctl.ok("member", "remove", Long.toHexString(ids[1]));
            twenty(etcdctl);
            etcdctl.ok("snapshot", "save", snapshot().toString());
            left[0] = Inventory.of(authority);
        });
        String noMore = "it is of member " + Long.toHexString(ids[1])
                + ", which is a member no more; what counts is in the directory of who is left, "
                + Long.toHexString(ids[0]);
        refuses(second(), noMore);

        // Whose log has nothing of that any more: the snapshots, and without them the database.
        Path removed = copy(data(), "removed");
        assertThat(cut(removed)).isPositive();
        WalFile wal = WalFile.read(wal(removed));
        Metadata is =
                Metadata.parseFrom(wal.records().get(wal.placesOf(1).getFirst()).getData());
        wal.change(1, is.toBuilder().setNodeId(ids[1]).build().toByteString());
        wal.write(wal(removed));
        refuses(removed, noMore);
        deleteSnapshots(removed);
        refuses(removed, noMore);

        // Its name and address may be given anew; in the database is that it was removed.
        Path again = restored("again", as("two", SECOND));
        takenAsEtcdWould(again, "again for etcd", Inventory::of);

        Path cut = copy(data(), "cut");
        assertThat(cut(cut)).isPositive();
        taken(cut, left[0], Inventory::of);
        taken(data(), left[0], Inventory::of);
    }

    private static void deleteSnapshots(Path data) throws IOException {
        try (var files = Files.list(data.resolve("member/snap"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".snap")).toList()) Files.delete(file);
        }
    }

    @Test
    void whoEtcdDidNotTakeAsAMemberIsNone() throws Exception {
        saved();
        Path restored = restored("restored", as("default", FIRST));
        for (Path data : List.of(data(), restored)) {
            try (RealEtcd etcd = RealEtcd.startOn(data, as("default", FIRST))) {
                Etcdctl etcdctl = Etcdctl.to(etcd.authority());
                assertThat(etcdctl.run("member", "add", "second", "--peer-urls=" + FIRST)
                                .complained())
                        .contains("Peer URLs already exists");
                twenty(etcdctl);
            }
            takenAsEtcdWould(data, data.getFileName() + " for etcd", Inventory::of);
        }
    }

    @Test
    void theLogOfAnotherIsRefused() throws Exception {
        saved();
        withReal(data(), authority -> live(authority, 43, 50));
        Path other = directory.resolve("other");
        String[] elsewhere = as("default", SECOND);
        try (RealEtcd etcd = RealEtcd.startOn(other, elsewhere)) {
            live(etcd.authority(), 44, 200);
        }
        String notOurs = "the write-ahead log is of member ";
        refuses(data(), other.resolve("member/wal"), notOurs);
        refuses(other, data().resolve("member/wal"), notOurs);

        Path here = restored("here");
        Path there = restored("there", elsewhere);
        refuses(here, there.resolve("member/wal"), notOurs);
        refuses(there, here.resolve("member/wal"), notOurs);
        refuses(there, other.resolve("member/wal"), "knows of no snapshot in ");
    }

    @Test
    void whoWasToldOfASecondIsRefused() throws Exception {
        withReal(data(), authority -> {
            Etcdctl.to(authority).ok("put", "k", "v");
            Etcdctl.to(authority).ok("member", "add", "second", "--peer-urls=http://127.0.0.1:1");
        });
        refuses(data(), "it was one of 2 members");
    }

    @Test
    void whoRemovedItselfIsRefused() throws Exception {
        untilKilled(data(), authority -> live(authority, 36, 50), LATE);
        Path removed = copy(data(), "removed");
        WalFile wal = WalFile.read(wal(removed));
        Metadata is =
                Metadata.parseFrom(wal.records().get(wal.placesOf(1).getFirst()).getData());
        Entry last =
                Entry.parseFrom(wal.records().get(wal.placesOf(2).getLast()).getData());
        ConfChange leaves = ConfChange.newBuilder()
                .setType(ConfChange.Type.REMOVE_NODE)
                .setNodeId(is.getNodeId())
                .build();
        wal.add(
                2,
                last.toBuilder()
                        .setIndex(last.getIndex() + 1)
                        .setType(Entry.Type.CONF_CHANGE)
                        .setData(leaves.toByteString())
                        .build()
                        .toByteString());
        wal.write(wal(removed));
        refuses(removed, "which is a member no more; none is left");
    }
}
