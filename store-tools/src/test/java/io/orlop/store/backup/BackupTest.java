package io.orlop.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.SystemDirectory;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.DamagedLogException;
import io.orlop.store.log.Excerpt;
import io.orlop.store.log.LogView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of a store: each is whole, checked, and goes on where the original was.
class BackupTest {
    private static final StoreOptions SMALL = StoreOptions.defaults().segmentBytes(8_000);

    @TempDir
    Path directory;

    private final Random random = new Random(5);

    private static Octets key(int i) {
        return Octets.of("k" + i);
    }

    private void change(MvccStore store, int times) {
        for (int i = 0; i < times; i++) {
            Octets key = key(random.nextInt(30));
            if (random.nextInt(4) == 0) store.delete(Operation.Delete.of(key));
            else store.put(Operation.Put.of(key, Octets.of("v".repeat(random.nextInt(300)) + i)));
        }
    }

    private Path save(Snapshot snapshot, String name) throws IOException {
        Path file = directory.resolve(name);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (snapshot;
                OutputStream out = Files.newOutputStream(file)) {
            snapshot.writeTo(body);
            assertThat((long) body.size()).isEqualTo(snapshot.size());
            out.write(body.toByteArray());
            out.write(HashedFile.sha256().digest(body.toByteArray()));
        }
        assertThat(Files.size(file) % 512).isEqualTo(32);
        return file;
    }

    private Path original() {
        return directory.resolve("original");
    }

    private MvccStore open(Path place) throws IOException {
        return MvccStore.open(place, SMALL);
    }

    @Test
    void restoresEverythingWithItsHistory() throws IOException {
        KeyHash hash;
        Path file;
        try (MvccStore store = open(original())) {
            change(store, 200);
            MvccStore.await(store.compact(100, true));
            long lease = MvccStore.await(store.grantLease(0, 1_000)).id();
            store.put(Operation.Put.of(key(1), Octets.of("leased")).under(lease));
            hash = store.maintenance().hashKeys(0);
            file = save(Snapshot.of(store.maintenance()), "backup");
        }
        Restore.restore(file, List.of(), directory.resolve("restored"));
        try (MvccStore restored = open(directory.resolve("restored"))) {
            assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
            assertThat(MvccStore.await(restored.leases())).hasSize(1);
            assertThat(restored.maintenance().verify().findings()).isEmpty();
            assertThat(restored.put(Operation.Put.of(key(2), Octets.of("on"))).revision())
                    .isEqualTo(hash.revision() + 1);
        }
    }

    @Test
    void showsOneMomentWhileEverythingChanges() throws IOException {
        try (MvccStore store = open(original())) {
            change(store, 300);
            KeyHash hash = store.maintenance().hashKeys(0);
            Snapshot snapshot = Snapshot.of(store.maintenance());
            change(store, 200);
            MvccStore.await(store.compact(store.revision(), true));
            MvccStore.await(store.defragment());
            Path file = save(snapshot, "backup");
            Restore.restore(file, List.of(), directory.resolve("restored"));
            try (MvccStore restored = open(directory.resolve("restored"))) {
                assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
            }
        }
    }

    @Test
    void givesBackTheRoomOfReplacedFilesWhenTheSnapshotIsClosed() throws IOException {
        try (MvccStore store = open(original())) {
            change(store, 300);
            Snapshot snapshot = Snapshot.of(store.maintenance());
            MvccStore.await(store.compact(store.revision(), true));
            MvccStore.await(store.defragment());
            long before = store.bytesOnDisk();
            snapshot.close();
            assertThat(store.bytesOnDisk()).isLessThan(before);
            assertThat(store.maintenance().verify().findings()).isEmpty();
        }
    }

    @Test
    void followsAnOldSnapshotWithWhatHappenedSince() throws IOException {
        KeyHash hash;
        Path base;
        Path first;
        Path second;
        try (MvccStore store = open(original())) {
            change(store, 150);
            base = save(Snapshot.of(store.maintenance()), "base");
            long then = store.revision();
            MvccStore.await(store.grantLease(77, 1_000));
            change(store, 100);
            first = save(Snapshot.since(then, store.maintenance()), "first");
            MvccStore.await(store.compact(then, true));
            MvccStore.await(store.defragment());
            change(store, 100);
            // They overlap: the second begins where the first did.
            second = save(Snapshot.since(then, store.maintenance()), "second");
            hash = store.maintenance().hashKeys(0);
        }
        Restore.restore(base, List.of(first, second), directory.resolve("restored"));
        try (MvccStore restored = open(directory.resolve("restored"))) {
            assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
            assertThat(MvccStore.await(restored.leases())).containsExactly(77L);
        }
    }

    private static void users(MvccStore store, AuthChange... changes) {
        for (AuthChange change : changes) MvccStore.await(store.change(change, Caller.OWNER));
    }

    private static AuthChange user(String name) {
        return new AuthChange.AddUser(name, "hash of " + name, false);
    }

    @Test
    void bringsUsersBackAsTheyWereLast() throws IOException {
        Path base;
        Path since;
        AuthState last;
        try (MvccStore store = open(original())) {
            users(store, user("root"), user("anna"), new AuthChange.GrantRole("root", "root"), new AuthChange.Enable());
            change(store, 150);
            users(store, new AuthChange.AddRole("readers"), new AuthChange.GrantRole("anna", "readers"));
            base = save(Snapshot.of(store.maintenance()), "base");
            long then = store.revision();
            change(store, 100);
            users(store, user("bert"), new AuthChange.DeleteUser("anna"), new AuthChange.DeleteRole("readers"));
            MvccStore.await(store.compact(then, true));
            MvccStore.await(store.defragment());
            change(store, 100);
            since = save(Snapshot.since(then, store.maintenance()), "since");
            last = store.auth();
        }
        Restore.restore(base, List.of(since), directory.resolve("restored"));
        try (MvccStore restored = open(directory.resolve("restored"))) {
            assertThat(restored.auth().users()).isEqualTo(last.users());
            assertThat(restored.auth().roles()).isEqualTo(last.roles());
            assertThat(restored.auth().enabled()).isTrue();
            assertThat(restored.auth().revision()).isEqualTo(last.revision());
        }
    }

    /// An excerpt is one segment, however long it is. Offsets in a segment have 32 bits.
    @Test
    void beginsASegmentWheneverOneIsFullAndSaysThereWhatCounts() throws IOException {
        KeyHash hash;
        AuthState auth;
        Path base;
        Path since;
        try (MvccStore store = MvccStore.open(original(), StoreOptions.defaults())) {
            change(store, 10);
            base = save(Snapshot.of(store.maintenance()), "base");
            long then = store.revision();
            MvccStore.await(store.grantLease(77, 1_000));
            MvccStore.await(store.grantLease(78, 1_000));
            users(store, user("root"), user("anna"), new AuthChange.GrantRole("root", "root"), new AuthChange.Enable());
            MvccStore.await(store.maintenance().switchAlarm(new Alarm(0, Alarm.Kind.CORRUPT), true));
            MvccStore.await(store.maintenance().switchAlarm(new Alarm(0, Alarm.Kind.CORRUPT), false));
            change(store, 300);
            MvccStore.await(store.revokeLease(78));
            MvccStore.await(store.compact(then, true));
            change(store, 300);
            since = save(Snapshot.since(then, store.maintenance()), "since");
            hash = store.maintenance().hashKeys(0);
            auth = store.auth();
        }
        Path made = Files.createDirectory(directory.resolve("made"));
        try (Rebuilding rebuilding = new Rebuilding(new SystemDirectory(made), 8_000)) {
            EtcdFile.open(base).replay(rebuilding.appending());
            ExcerptFile.open(since).unpack(directory.resolve("excerpt"));
            try (LogView view = Excerpt.open(new SystemDirectory(directory), "excerpt")) {
                view.replay(rebuilding.appending());
            }
        }
        try (var files = Files.list(made)) {
            List<Path> segments = files.toList();
            assertThat(segments).hasSizeGreaterThan(10);
            // The limit, and the last group.
            assertThat(segments)
                    .allSatisfy(segment -> assertThat(Files.size(segment)).isLessThan(3 * 8_000));
        }
        assertThat(OfflineVerification.of(made).findings()).isEmpty();
        try (MvccStore restored = open(made)) {
            assertThat(restored.maintenance().hashKeys(0)).isEqualTo(hash);
            assertThat(MvccStore.await(restored.leases())).containsExactly(77L);
            assertThat(restored.maintenance().alarms()).isEmpty();
            assertThat(restored.auth().users()).isEqualTo(auth.users());
            assertThat(restored.auth().enabled()).isTrue();
        }
    }

    @Test
    void refusesAnExcerptThatCouldNotBeComplete() throws IOException {
        try (MvccStore store = open(original())) {
            change(store, 100);
            long then = store.revision();
            Path base = save(Snapshot.of(store.maintenance()), "base");
            change(store, 50);
            long later = store.revision();
            change(store, 50);
            Path gap = save(Snapshot.since(later, store.maintenance()), "gap");
            assertThatThrownBy(() -> Restore.restore(base, List.of(gap), directory.resolve("restored")))
                    .hasMessageContaining("changes are missing");
            assertThat(directory.resolve("restored")).doesNotExist();
            assertThatThrownBy(() -> Restore.restore(gap, List.of(), directory.resolve("restored")))
                    .hasMessageContaining("only what happened after revision " + later);
            MvccStore.await(store.compact(later, true));
            assertThatThrownBy(() -> Snapshot.since(then, store.maintenance())).hasMessageContaining("compacted");
            assertThatThrownBy(() -> Snapshot.since(9_999, store.maintenance())).hasMessageContaining("future");
        }
    }

    @Test
    void refusesAFileThatIsNotAsItWasWritten() throws IOException {
        Path file;
        try (MvccStore store = open(original())) {
            change(store, 100);
            file = save(Snapshot.of(store.maintenance()), "backup");
        }
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < 40; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= 4;
            Files.write(file, damaged);
            assertThatThrownBy(() -> Restore.restore(file, List.of(), directory.resolve("restored")))
                    .hasMessageContaining("does not match");
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 512));
        assertThatThrownBy(() -> Restore.restore(file, List.of(), directory.resolve("restored")))
                .isInstanceOf(IOException.class);
        assertThat(directory.resolve("restored")).doesNotExist();
        Files.write(file, whole);
        assertThatThrownBy(() -> Restore.restore(file, List.of(), original()))
                .hasMessageContaining("nothing is overwritten");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsRestoredOrSalvagedIsForItsOwner() throws IOException {
        Path file;
        try (MvccStore store = open(original())) {
            change(store, 100);
            file = save(Snapshot.of(store.maintenance()), "backup");
        }
        Path restored = directory.resolve("new/restored");
        Restore.restore(file, List.of(), restored);
        assertThat(permissions(restored)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("new"))).isEqualTo("rwx------");
        Path saved = Files.createDirectory(directory.resolve("saved"));
        Files.setPosixFilePermissions(saved, PosixFilePermissions.fromString("rwxr-x--x"));
        Salvaging.salvage(original(), saved);
        assertThat(permissions(saved)).isEqualTo("rwx------");
        try (var files = Files.list(restored)) {
            assertThat(files).isNotEmpty().allSatisfy(each -> assertThat(permissions(each))
                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void whatAnAttemptBeforeLeftForAllToReadIsNotUsed() throws IOException {
        Path file;
        try (MvccStore store = open(original())) {
            change(store, 100);
            file = save(Snapshot.of(store.maintenance()), "backup");
        }
        Path left = Files.createDirectory(directory.resolve("restored.unfinished"));
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(left.resolve("excerpt"), "half of it");
        Restore.restore(file, List.of(), directory.resolve("restored"));
        assertThat(permissions(directory.resolve("restored"))).isEqualTo("rwx------");
        assertThat(left).doesNotExist();
    }

    @Test
    void anExcerptIsUnpackedForItsOwner() throws IOException {
        Path since;
        try (MvccStore store = open(original())) {
            change(store, 100);
            long then = store.revision();
            change(store, 100);
            since = save(Snapshot.since(then, store.maintenance()), "since");
        }
        Path unpacked = directory.resolve("unpacked");
        ExcerptFile.open(since).unpack(unpacked);
        assertThat(permissions(unpacked)).isEqualTo("rw-------");
    }

    @Test
    void salvagesWhatADamagedLogStillSays() throws IOException {
        try (MvccStore store = open(original())) {
            for (int i = 0; i < 200; i++) store.put(Operation.Put.of(key(i), Octets.of("v".repeat(100) + i)));
        }
        Path segment;
        try (var files = Files.list(original())) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .skip(1)
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[3_000] ^= 1;
        Files.write(segment, bytes);
        assertThatThrownBy(() -> open(original())).isInstanceOf(DamagedLogException.class);
        assertThat(OfflineVerification.of(original()).findings())
                .singleElement()
                .asString()
                .contains(segment.getFileName().toString())
                .contains("changes after revision");

        Path saved = directory.resolve("saved");
        var salvaged = Salvaging.salvage(original(), saved);
        assertThat(salvaged.losses()).hasSize(1);
        assertThat(salvaged.changes()).isEqualTo(199);
        assertThat(Files.readAllBytes(segment))
                .as("the damaged file is left alone")
                .isEqualTo(bytes);
        assertThat(OfflineVerification.of(saved).findings()).isEmpty();
        try (MvccStore store = open(saved)) {
            assertThat(store.revision()).isEqualTo(201);
            assertThat(store.range(Operation.Range.of(KeyRange.all())).count()).isEqualTo(199);
        }
    }

    @Test
    void namesASegmentThatIsGone() throws IOException {
        try (MvccStore store = open(original())) {
            for (int i = 0; i < 200; i++) store.put(Operation.Put.of(key(i), Octets.of("v".repeat(100) + i)));
        }
        try (var files = Files.list(original())) {
            Files.delete(files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .skip(1)
                    .findFirst()
                    .orElseThrow());
        }
        var salvaged = Salvaging.salvage(original(), directory.resolve("saved"));
        assertThat(salvaged.losses()).singleElement().asString().contains("are missing before it");
        assertThat(salvaged.revision()).isEqualTo(201);
        assertThat(OfflineVerification.of(directory.resolve("saved")).findings())
                .isEmpty();
    }

    @Test
    void verifiesAStoreThatRunsAndOneThatDoesNot() throws IOException {
        try (MvccStore store = open(original())) {
            change(store, 300);
            MvccStore.await(store.compact(200, true));
            MvccStore.await(store.defragment());
            change(store, 100);
            assertThat(store.maintenance().verify().findings()).isEmpty();
            assertThatThrownBy(() -> OfflineVerification.of(original())).hasMessageContaining("another process uses");
        }
        var verification = OfflineVerification.of(original());
        assertThat(verification.findings()).isEmpty();
        assertThat(verification.compacted()).isEqualTo(200);
        assertThat(verification.keys()).isGreaterThan(10);
    }
}
