package io.orlop.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.engine.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A store begins where nothing is, and nowhere else.
class StoreFilesTest {
    @TempDir
    Path directory;

    private void start() throws IOException {
        MvccStore.open(directory, StoreOptions.defaults()).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {".profile", "notes.txt", "notes.tmp", "00000000000000001.log"})
    void aFileOfSomebodyElseIsNoPlaceForANewStore(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "mine");
        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no store in it and is not empty, there is " + name);
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reserve", "next.tmp", "0000000000000001-00000001.log.tmp"})
    void whatAStoreLeavesWithoutItsLogIsAStoreThatIsLost(String name) throws IOException {
        Files.writeString(directory.resolve(name), "");
        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("its log is gone, only " + name + " is left");
    }

    @Test
    void aStartThatEndedBeforeItsFirstSegmentIsNoStore() throws IOException {
        Files.writeString(directory.resolve("lock"), "");
        start();
        assertThat(directory.resolve("0000000000000001-00000000.log")).exists();
    }

    @Test
    void aFreshFileSystemIsEmptyUnlessARepairFoundSomething() throws IOException {
        Path found = Files.createDirectory(directory.resolve("lost+found"));
        Files.writeString(found.resolve("#12"), "a segment once?");
        assertThatThrownBy(this::start).isInstanceOf(IOException.class).hasMessageContaining("there is lost+found");
        Files.delete(found.resolve("#12"));
        start();
    }

    @Test
    void aStoreLeavesTheFilesOfOthersAlone() throws IOException {
        start();
        Path file = Files.writeString(directory.resolve("notes.tmp"), "mine");
        start();
        assertThat(file).hasContent("mine");
    }

    @Test
    void nothingIsNeitherWellNorSaved() {
        assertThatThrownBy(() -> OfflineVerification.of(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no store in");
        assertThatThrownBy(() -> Salvaging.salvage(directory, directory.resolve("saved")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no store in");
    }
}
