package io.orlop.store.engine;

import io.orlop.disk.Directory;
import io.orlop.disk.SystemDirectory;
import io.orlop.disk.UntouchedDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Verification;
import io.orlop.store.history.Values;
import io.orlop.store.log.DamagedLogException;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.LogView;
import io.orlop.store.log.Replay;
import io.orlop.store.log.Salvage;
import io.orlop.store.log.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Checks a store that does not run. Its files stay as they are, a torn tail and leftovers included.
public final class OfflineVerification {
    private OfflineVerification() {}

    /// @throws IOException if the directory is not there, or in use
    public static Verification of(Path directory) throws IOException {
        Directory disk = SystemDirectory.existing(directory);
        if (!StoreFiles.holdsLog(disk.names())) throw new IOException("there is no store in " + directory);
        return of(disk);
    }

    static Verification of(Directory disk) throws IOException {
        Restart restart = new Restart(Ambient.system(), disk.place(), Long.MAX_VALUE, Long.MAX_VALUE);
        try (Log log = Log.open(new UntouchedDirectory(disk), Log.SEGMENT_BYTES_MAX, restart)) {
            restart.finish(log);
            try (LogView view = log.view()) {
                int passes = CrossCheck.passes(log.segments().records());
                Values values = new Values(log, 0);
                return new CrossCheck(restart.index(), values, restart.revision, restart.compacted, passes).of(view);
            }
        } catch (DamagedLogException damaged) {
            return losses(disk, damaged);
        }
    }

    /// The start would stop at the first damage; this names all.
    private static Verification losses(Directory disk, DamagedLogException first) {
        long[] seen = {0, 1};
        Replay counting = new Replay() {
            @Override
            public void record(LogRecord record, long location) {
                if (record instanceof LogRecord.Put || record instanceof LogRecord.Tombstone) seen[0]++;
            }

            @Override
            public void frame(long revision) {
                seen[1] = revision;
            }
        };
        List<String> findings = new ArrayList<>();
        try {
            for (Salvage.Loss loss : Salvage.read(new UntouchedDirectory(disk), counting))
                findings.add(loss.toString());
        } catch (IOException unreadable) {
            // What stopped the start says where.
            findings.clear();
        }
        if (findings.isEmpty()) findings.add(String.valueOf(first.getMessage()));
        return new Verification(seen[0], 0, seen[1], -1, List.copyOf(findings));
    }
}
