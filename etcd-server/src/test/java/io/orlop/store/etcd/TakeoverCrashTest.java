package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A takeover that ended early, and an etcd that went on afterwards.
class TakeoverCrashTest extends TakeoverScene {
    @Test
    void aCrashAtAnyPointLeavesNothingOrAll() throws Exception {
        withReal(data(), authority -> live(authority, 28, 200));
        Path unfinished = Files.createDirectory(data().resolve("takeover.unfinished"));
        Files.writeString(unfinished.resolve("0000000000000001-00000000.log"), "half of it");
        assertThat(take(data())).isPresent();
        assertThat(unfinished).doesNotExist();
        Inventory[] whole = new Inventory[1];
        serve(data(), authority -> whole[0] = Inventory.of(authority));

        // Made, and on its way up.
        List<Path> files;
        try (var all = Files.list(data())) {
            files = all.filter(file -> file.toString().endsWith(".log") || file.endsWith("taken-over"))
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(1);
        Path made = Files.createDirectory(data().resolve("takeover"));
        for (Path file : files) Files.move(file, made.resolve(file.getFileName()));
        assertThatThrownBy(() -> MvccStore.open(data(), StoreOptions.defaults()).close())
                .isInstanceOf(IOException.class);
        assertThat(take(data())).isEmpty();
        assertThat(made).doesNotExist();
        serve(data(), authority -> assertThat(Inventory.of(authority)).isEqualTo(whole[0]));
    }

    @Test
    void neitherIsServedWhenBothWentOn() throws Exception {
        withReal(data(), authority -> live(authority, 29, 50));
        assertThat(take(data())).isPresent();
        serve(data(), authority -> live(authority, 30, 50));
        assertThat(take(data())).isEmpty();
        withReal(data(), authority -> live(authority, 31, 50));
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("an etcd has run on that since")
                .hasMessageContaining("whichever is not wanted");
        Files.move(data().resolve("member"), directory.resolve("old"));
        assertThat(take(data())).isEmpty();
    }

    @Test
    void aStoreThatWasOnceBegunBesideAnEtcdIsNotServedForIt() throws Exception {
        MvccStore.open(data(), StoreOptions.defaults()).close();
        withReal(data(), authority -> live(authority, 32, 50));
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("both a store and a real etcd's data");
    }
}
