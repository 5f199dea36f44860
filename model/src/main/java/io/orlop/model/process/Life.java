package io.orlop.model.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A process of ours, from its start to the code with which it ends. Every `main` is one.
///
/// ```
///   start ──► up ──── SIGTERM, SIGINT, SIGHUP ───► stopping ──► 0
///     │                                              ├── fails ────────────► 1 and a line that says why
///     │                                              ├── takes too long ───► 1 and a line that says where it hangs
///     │                                              └── another signal ───► by that signal, at once
///     ├── is refused ──► 1, or what it says, and its line
///     └── a signal ────► by that signal: nothing was promised yet
/// ```
///
/// Nothing of this is a shutdown hook of the virtual machine: its hooks know neither why they run nor whether what
/// they do went well, a process that waits in one for its `main` waits for ever once `main` itself calls
/// [System#exit], and as long as one runs no signal counts.
public final class Life {
    /// Shorter than the half minute that Kubernetes gives before it kills, so that the line is written.
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static final Duration MOMENT = Duration.ofSeconds(1);

    /// Makes what the process is.
    public interface Start {
        /// @param stop to be called by what ends by itself; it counts as a signal does
        AutoCloseable start(Runnable stop) throws Exception;
    }

    /// Does what the process is for, and returns its code.
    public interface Errand {
        int run() throws Exception;
    }

    /// Why a process does not start, where it is not an [IOException] or an [IllegalArgumentException] that says so.
    public static final class Refused extends Exception {
        private final int code;

        public Refused(String why, int code) {
            super(why);
            this.code = code;
        }
    }

    private final String name;
    private final Duration patience;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger signals = new AtomicInteger();
    private final Thread main = Thread.currentThread();

    /// Whether there is something to be stopped.
    private final CountDownLatch up = new CountDownLatch(1);

    private Life(String name, Duration patience) {
        this.name = name;
        this.patience = patience;
    }

    /// Runs something until it is asked to end. Does not return.
    ///
    /// @param name with which each line about it begins
    public static void lead(String name, Start start) {
        lead(name, PATIENCE, start);
    }

    /// @param patience with a stop, before it has failed
    static void lead(String name, Duration patience, Start start) {
        var life = new Life(name, patience);
        Signals.tell(life::signalled);
        life.lead(start);
    }

    /// Does something that ends by itself, and the process with it. Asked to end before, the process ends by that
    /// signal and not with 0: what it was started for is not done. The processes that it started end with it. Does
    /// not return.
    public static void errand(String name, Errand errand) {
        var life = new Life(name, PATIENCE);
        Signals.tell(signal -> {
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
            endBy(signal, 128 + number(signal));
        });
        int code;
        try {
            code = errand.run();
        } catch (Throwable failure) {
            code = life.explained(failure);
        }
        life.exit(code);
    }

    private void lead(Start start) {
        AutoCloseable running;
        try {
            running = start.start(this::stop);
        } catch (Throwable failure) {
            exit(explained(failure));
            return;
        }
        up.countDown();
        int code = 0;
        try {
            stop.await();
            running.close();
        } catch (Throwable failure) {
            say("the stop failed: " + words(failure));
            if (!isOfFiles(failure)) failure.printStackTrace();
            code = 1;
        }
        exit(code);
    }

    private void signalled(String signal) {
        if (signals.getAndIncrement() > 0) endBy(signal, 128 + number(signal));
        else if (isUpInAMoment()) stop();
        else endBy(signal, 0);
    }

    /// Who said to be ready a moment ago may have been heard before we are here.
    private boolean isUpInAMoment() {
        try {
            return up.await(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyDoes) {
            return false;
        }
    }

    private void stop() {
        if (!stopping.compareAndSet(false, true)) return;
        Thread.ofPlatform().daemon().name("patience").start(this::losePatience);
        stop.countDown();
    }

    private void losePatience() {
        try {
            Thread.sleep(patience);
            // Whoever should read the line may be what hangs.
            Thread.ofPlatform().daemon().start(this::sayWhereItHangs).join(Duration.ofSeconds(1));
        } catch (InterruptedException nobodyDoes) {
            // Then it is now.
        }
        Runtime.getRuntime().halt(1);
    }

    private void sayWhereItHangs() {
        var line = new StringBuilder("the stop failed: it is not done after " + patience.toSeconds() + " s, at");
        for (StackTraceElement element : main.getStackTrace())
            line.append("\n    ").append(element);
        say(line.toString());
    }

    /// Not with the code, but as the operating system ends who does not listen: what waits for us is told so.
    ///
    /// @param instead what to end with where that is not possible
    private static void endBy(String signal, int instead) {
        Signals.endBy(signal);
        Runtime.getRuntime().halt(instead);
    }

    private static int number(String signal) {
        return switch (signal) {
            case "HUP" -> 1;
            case "INT" -> 2;
            default -> 15;
        };
    }

    /// Says why something failed that had only begun.
    private int explained(Throwable failure) {
        return switch (failure) {
            case Refused refused -> {
                say(refused.getMessage());
                yield refused.code;
            }
            case IllegalArgumentException wrong -> {
                say(wrong.getMessage());
                yield 1;
            }
            case IOException _, UncheckedIOException _ -> {
                say(words(failure));
                yield 1;
            }
            default -> {
                say(failure.toString());
                failure.printStackTrace();
                yield 1;
            }
        };
    }

    /// Of a disk there is nothing to be learnt from where in the program it was asked.
    private static boolean isOfFiles(Throwable failure) {
        return failure instanceof IOException || failure instanceof UncheckedIOException;
    }

    /// Files' exceptions say the name of a file, and by their class alone what is wrong with it.
    private static String words(Throwable failure) {
        return switch (failure) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> words(wrapped.getCause());
            case NoSuchFileException file -> file.getMessage() + ": there is no such file or directory";
            case FileAlreadyExistsException file -> file.getMessage() + ": there is something of that name already";
            case NotDirectoryException file -> file.getMessage() + ": this is no directory";
            case DirectoryNotEmptyException file -> file.getMessage() + ": this directory is not empty";
            case AccessDeniedException file -> file.getMessage() + ": this process has no permission";
            case IOException trouble when trouble.getMessage() != null -> trouble.getMessage();
            default -> failure.toString();
        };
    }

    private void say(@Nullable String line) {
        System.err.println(name + ": " + line);
    }

    /// Whatever others have hung on the end of the virtual machine has no more time than a stop.
    private void exit(int code) {
        stop();
        System.exit(code);
    }
}
