package io.orlop.store.backup;

import io.orlop.disk.SystemDirectory;
import io.orlop.store.log.Salvage;
import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// Makes a new data directory of what can still be read in a damaged one, which stays as it is.
public final class Salvaging {
    private Salvaging() {}

    /// @param losses what is not in the new directory, by name
    public record Salvaged(long revision, long changes, List<Salvage.Loss> losses) {}

    public static Salvaged salvage(Path damaged, Path directory) throws IOException {
        SystemDirectory disk = SystemDirectory.existing(damaged);
        if (!StoreFiles.holdsLog(disk.names())) throw new IOException("there is no store in " + damaged);
        Salvaged[] salvaged = new Salvaged[1];
        AutoCloseable lock = disk.lock();
        try (lock) {
            Directories.make(directory, making -> {
                try (Rebuilding rebuilding = new Rebuilding(new SystemDirectory(making))) {
                    List<Salvage.Loss> losses = Salvage.read(disk, rebuilding.appending());
                    salvaged[0] = new Salvaged(rebuilding.revision(), rebuilding.changes(), losses);
                } catch (UncheckedIOException e) {
                    throw Rebuilding.failed(e);
                }
            });
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
        return salvaged[0];
    }
}
