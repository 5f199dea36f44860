package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.model.PoolId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void nobodyElseReadsWhatIsKept() throws Exception {
        Path path = parent.resolve("demo");

        try (var directory = DemoDirectory.claim(path)) {
            Path pool = directory.poolFile(new PoolId("p"), Bytes.mib(64));

            assertThat(mode(pool)).isEqualTo("rw-------");
            assertThat(mode(path.resolve("lock"))).isEqualTo("rw-------");
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(directory.pools())).isEqualTo("rwx------");
            assertThat(mode(directory.store())).isEqualTo("rwx------");
        }
    }

    @Test
    void whatWasOpenBeforeIsClosed() throws Exception {
        Path path = parent.resolve("demo");
        Path pool;
        try (var directory = DemoDirectory.claim(path)) {
            pool = directory.poolFile(new PoolId("p"), Bytes.mib(64));
        }
        open(path.resolve("pools"), "rwxr-xr-x");
        open(path.resolve("lock"), "rw-r--r--");
        open(pool, "rw-r--r--");

        DemoDirectory.claim(path).close();

        assertThat(mode(path.resolve("pools"))).isEqualTo("rwx------");
        assertThat(mode(path.resolve("lock"))).isEqualTo("rw-------");
        assertThat(mode(pool)).isEqualTo("rw-------");
    }

    @Test
    void aFolderThatIsNotOursAloneKeepsItsMode() throws Exception {
        open(parent, "rwxr-xr-x");

        DemoDirectory.claim(parent).close();

        assertThat(mode(parent)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void aFileThatIsThereKeepsItsSize() throws Exception {
        try (var directory = DemoDirectory.claim(parent)) {
            Path pool = directory.poolFile(new PoolId("p"), Bytes.mib(64));

            directory.poolFile(new PoolId("p"), Bytes.mib(128));

            assertThat(pool).hasSize(64 << 20);
        }
    }

    @Test
    void oneFolderServesOneDemo() throws Exception {
        try (var _ = DemoDirectory.claim(parent)) {
            assertThatThrownBy(() -> DemoDirectory.claim(parent))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("is taken by another demo");
        }
    }

    private static void open(Path path, String mode) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
