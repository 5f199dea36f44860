package io.orlop.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A file or device that this process has for one purpose alone, by whatever name. The locks of the operating system
/// do not tell the parts of a process apart: whoever closes a locked file anywhere in the process, were it only to look
/// into it, has let the lock go. So a file that is held is not opened a second time.
public final class Held implements AutoCloseable {
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Object identity;

    private Held(Object identity) {
        this.identity = identity;
    }

    /// @return null if it is held
    static @Nullable Held tryOn(Path path) throws IOException {
        Object identity = identity(path);
        return HELD.add(identity) ? new Held(identity) : null;
    }

    public static boolean isHeld(Path path) throws IOException {
        try {
            return HELD.contains(identity(path));
        } catch (NoSuchFileException nobodys) {
            return false;
        }
    }

    /// Whether the file of this name is still this one.
    boolean isOf(Path path) throws IOException {
        try {
            return identity.equals(identity(path));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /// Two device files can be one device.
    private static Object identity(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isOther()) return "device " + Files.getAttribute(path, "unix:rdev");
        Object key = attributes.fileKey();
        return key == null ? path.toRealPath() : key;
    }

    @Override
    public void close() {
        HELD.remove(identity);
    }
}
