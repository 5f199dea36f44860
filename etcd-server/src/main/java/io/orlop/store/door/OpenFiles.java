package io.orlop.store.door;

import java.io.File;
import org.jspecify.annotations.Nullable;

/// How many files this process may open, and how many of them it needs before the first client comes.
/// ```
///   │ own: classes, jar by jar as they are needed │ log, snapshots, certificates │ clients … │
/// ```
///
/// @param most that it may open
/// @param own of its own, of which not all are open from the beginning
public record OpenFiles(long most, long own) {
    /// Streams, epoll, what the JVM maps.
    private static final long BESIDE_CLASSES = 24;

    /// Those that a store is of no use without.
    private static final long CLIENTS_MIN = 16;

    /// What systems allow that nobody has set up; who has less has been given less.
    private static final long FEW = 1_024;

    public static OpenFiles ofThisProcess() {
        Room.Files files = Room.Files.ofThisProcess();
        return new OpenFiles(files.most(), files.open());
    }

    /// Also those that are not open yet: a class that cannot be read any more ends what needs it.
    static Room.Files countedIn(com.sun.management.UnixOperatingSystemMXBean system) {
        long jars = System.getProperty("java.class.path").split(File.pathSeparator).length;
        return new Room.Files(
                system.getMaxFileDescriptorCount(),
                Math.max(system.getOpenFileDescriptorCount(), jars + BESIDE_CLASSES));
    }

    private long least() {
        return own + Room.FILES_OF_OTHERS + CLIENTS_MIN;
    }

    /// @return why a store cannot run with so few, or null if it can
    public @Nullable String refusal() {
        if (most >= least()) return null;
        return "this process may open " + most + " files, and a store wants " + least()
                + " at least, for itself, its log and a few clients: raise the limit, with `ulimit -n " + FEW
                + "` before the start, or LimitNOFILE of its unit";
    }

    /// @return a line about how far they go where they are few, or null
    public @Nullable String warning() {
        if (most >= FEW || most < least()) return null;
        return "this process may open " + most + " files: that is room for some "
                + new Room.Files(most, own).forConnections(1)
                + " clients; more of them need a higher limit (`ulimit -n`)";
    }
}
