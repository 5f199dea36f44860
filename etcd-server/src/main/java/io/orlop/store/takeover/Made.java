package io.orlop.store.takeover;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.orlop.disk.Safe;
import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// What a takeover made, until all of it is where the store will be.
record Made(Path directory) {
    private static final String NAME = "takeover";

    /// What it is called in the making.
    static final String UNFINISHED = NAME + ".unfinished";

    static Made in(Path data) {
        return new Made(data.resolve(NAME));
    }

    boolean isThere() {
        return Files.exists(directory, NOFOLLOW_LINKS);
    }

    /// What has the name of ours and is not is left alone. Ours is made of files with the names of a store's, and the
    /// mark; that moves up first, and no segment is in both places.
    ///
    /// @param above the names in the directory that it is in
    void requireOurs(List<String> above) throws IOException {
        if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) throw notOurs("it is no directory");
        List<String> names = new ArrayList<>();
        for (Path file : filesIn(directory)) {
            String name = file.getFileName().toString();
            boolean ours = StoreFiles.isOurs(name) || name.equals(Origin.FILE);
            if (!ours || !Files.isRegularFile(file, NOFOLLOW_LINKS)) throw notOurs("it has " + name + " in it");
            if (StoreFiles.isSegment(name) && above.contains(name)) {
                throw notOurs("beside it there is another " + name);
            }
            names.add(name);
        }
        boolean marked = names.contains(Origin.FILE);
        if (marked && StoreFiles.holdsLog(above)) throw notOurs("beside it there is a store already");
        if (!marked && !above.contains(Origin.FILE) && StoreFiles.holdsLog(names)) {
            throw notOurs("nothing says of which etcd the store in it was made");
        }
    }

    private IOException notOurs(String why) {
        return new IOException(directory + " has the name of what a takeover makes and is something else, " + why
                + ": move it to another place; nothing in it was changed");
    }

    void moveUp() throws IOException {
        Path data = directory.resolveSibling("");
        for (Path file : filesIn(directory).reversed()) {
            String name = file.getFileName().toString();
            if (StoreFiles.isSegment(name) || name.equals(Origin.FILE)) {
                Files.move(file, directory.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
                // By the mark one knows what is left of ours after a crash: it is up before any segment is.
                if (name.equals(Origin.FILE)) Safe.force(data);
            } else {
                Files.delete(file);
            }
        }
        Safe.force(data);
        Files.delete(directory);
        Safe.force(data);
    }

    static List<Path> filesIn(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
