package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What Java cannot ask of Linux: to have a block device for oneself alone, and to forget what is remembered of a file.
/// It has a descriptor of its own for that, which must live as long as the file's lock: its end would be the lock's.
final class NativeFile implements AutoCloseable {
    private static final int O_EXCL = 0x80;
    private static final int O_CLOEXEC = 0x80000;
    private static final int EBUSY = 16;
    private static final int DONT_NEED = 4;

    private record Calls(MethodHandle open, MethodHandle advise, MethodHandle close) {}

    /// Null on other systems, and where native calls are forbidden: there a file is as it is remembered.
    private static final @Nullable Calls CALLS = calls();

    private final Calls calls;
    private final int descriptor;

    private NativeFile(Calls calls, int descriptor) {
        this.calls = calls;
        this.descriptor = descriptor;
    }

    /// @param alone whether it is a block device, which nobody else may have mounted or made part of something
    /// @return null where that is not possible
    /// @throws DiskInUseException if somebody has the device
    static @Nullable NativeFile open(Path path, boolean alone) throws IOException {
        Calls calls = CALLS;
        if (calls == null) return null;
        int descriptor;
        int error;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            descriptor = (int) calls.open.invokeExact(
                    state, arena.allocateFrom(path.toString()), O_CLOEXEC | (alone ? O_EXCL : 0));
            error = (int) Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"))
                    .get(state, 0L);
        } catch (Throwable impossible) {
            return null;
        }
        if (descriptor < 0 && alone && error == EBUSY) throw new DiskInUseException(path);
        return descriptor < 0 ? null : new NativeFile(calls, descriptor);
    }

    /// Nothing of the file that is on the medium is remembered; what was never written is.
    void forget() throws IOException {
        int error;
        try {
            error = (int) calls.advise.invokeExact(descriptor, 0L, 0L, DONT_NEED);
        } catch (Throwable e) {
            throw new IOException(e);
        }
        if (error != 0) throw new IOException("the operating system does not forget: error " + error);
    }

    @Override
    public void close() throws IOException {
        try {
            int _ = (int) calls.close.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @SuppressWarnings("restricted")
    private static @Nullable Calls calls() {
        if (!System.getProperty("os.name").equals("Linux")) return null;
        Linker linker = Linker.nativeLinker();
        SymbolLookup lookup = linker.defaultLookup();
        try {
            return new Calls(
                    linker.downcallHandle(
                            lookup.findOrThrow("open"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                            Linker.Option.firstVariadicArg(2),
                            Linker.Option.captureCallState("errno")),
                    linker.downcallHandle(
                            lookup.findOrThrow("posix_fadvise"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT)),
                    linker.downcallHandle(
                            lookup.findOrThrow("close"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
        } catch (RuntimeException forbidden) {
            return null;
        }
    }
}
