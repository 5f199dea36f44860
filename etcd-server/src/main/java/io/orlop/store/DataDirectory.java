package io.orlop.store;

import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What must be true of a data directory before a store is opened in it.
final class DataDirectory {
    private DataDirectory() {}

    /// @throws IllegalArgumentException if something else is in its place, or above it
    static void requireNoFile(Path directory) {
        Path nearest = directory.toAbsolutePath().normalize();
        while (!Files.exists(nearest) && nearest.getParent() != null) nearest = nearest.getParent();
        if (Files.isDirectory(nearest)) return;
        throw new IllegalArgumentException(StoreFlag.DATA_DIR + " " + directory + ": " + nearest
                + " is no directory; give one, or a place where one can be made");
    }

    /// Who is to join a cluster asks its members where there is no data yet, and a store has no others.
    ///
    /// @param state of the cluster, as `--initial-cluster-state` has it
    /// @throws IllegalArgumentException if there is nothing to go on from
    static void requireData(Path directory, String state) throws IOException {
        if (!state.equals("existing") || holdsLog(directory)) return;
        throw new IllegalArgumentException(StoreFlag.INITIAL_CLUSTER_STATE
                + "=existing: cannot fetch cluster info from peer urls: this would join a cluster, as " + directory
                + " has no data, and a store is alone; leave the flag out to begin with nothing, or give a "
                + StoreFlag.DATA_DIR + " that has data");
    }

    private static boolean holdsLog(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return false;
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            return StoreFiles.holdsLog(names);
        }
    }
}
