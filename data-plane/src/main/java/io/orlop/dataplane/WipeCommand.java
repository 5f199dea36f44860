package io.orlop.dataplane;

import io.orlop.dataplane.disk.LocalDisks;
import io.orlop.dataplane.pool.DiskContent;
import io.orlop.dataplane.pool.Erasure;
import io.orlop.disk.Disk;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.io.PrintStream;

/// `./orlop agent wipe DISK`: says what a disk carries, and makes it blank for who says the same.
final class WipeCommand {
    private static final String HELP =
            """
            usage: orlop agent wipe DISK                 says what the disk carries
                   orlop agent wipe DISK --erase 'WHAT'  makes it blank, if that is WHAT it carries
              DISK  a device, a file, or the URI that the pool was refused for
            Nobody may use the disk meanwhile. Its first 8 MiB and its last 2 MiB are overwritten with zeroes, which
            cannot be undone; what is between them stays on it, but nobody finds it.""";

    private final PrintStream out;
    private final PrintStream err;

    WipeCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// @return the process's exit code: 0 if the disk is blank or only looked at
    int run(String... arguments) {
        boolean erases = arguments.length == 3 && arguments[1].equals("--erase");
        if (arguments.length != 1 && !erases) {
            err.println(HELP);
            return 2;
        }
        try (Disk disk = new LocalDisks().open(arguments[0])) {
            return erases ? erase(disk, arguments[2]) : tell(disk);
        } catch (RefusalException | IOException e) {
            err.println("orlop: " + e.getMessage());
            return 1;
        }
    }

    private int tell(Disk disk) throws IOException {
        DiskContent content = DiskContent.of(disk);
        out.println("disk '%s' carries %s".formatted(disk, content.what()));
        if (content instanceof DiskContent.Blank) return 0;
        out.println("to lose that for good: ./orlop agent wipe '%s' --erase \"%s\"".formatted(disk, content.what()));
        return 0;
    }

    private int erase(Disk disk, String expected) throws IOException {
        String what = DiskContent.of(disk).what();
        if (!what.equals(expected)) {
            err.println("orlop: disk '%s' carries %s, not %s; it was left as it is".formatted(disk, what, expected));
            return 1;
        }
        Erasure.of(disk);
        out.println("disk '%s' carried %s and is blank now".formatted(disk, what));
        return 0;
    }
}
