package io.orlop.model.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each with a process of its own, that is asked to end as a user or a supervisor would.
class LifeTest {
    /// Whatever those who started this test ignore, the child does not. A shell tells the code 143 and an end by
    /// SIGTERM as the same; the operating system does not.
    private static final String PARENT =
            """
            $| = 1;
            my $child = fork // die;
            if (!$child) { $SIG{$_} = "DEFAULT" for qw(INT TERM HUP); exec @ARGV or die }
            print "$child\n";
            $SIG{INT} = $SIG{TERM} = "IGNORE";
            waitpid $child, 0;
            print $? & 127 ? "by " . ($? & 127) : "with " . ($? >> 8), "\n";
            """;

    @Test
    void endsWith0WhenItIsAskedToEnd() throws Exception {
        for (String signal : List.of("TERM", "INT", "HUP")) {
            try (var child = new Child("Obedient")) {
                child.await("up");
                child.signal(signal);
                assertThat(child.rest()).as(signal).containsExactly("closed", "with 0");
            }
        }
    }

    @Test
    void endsWith1AndALineWhenItsStopFails() throws Exception {
        try (var child = new Child("Failing")) {
            child.await("up");
            child.signal("TERM");
            assertThat(child.rest())
                    .containsExactly(
                            "test: the stop failed: the directory is gone: there is no such file or directory",
                            "with 1");
        }
    }

    @Test
    void endsWith1AndALineWhenItsStopHangs() throws Exception {
        try (var child = new Child("Hanging", "1")) {
            child.await("up");
            child.signal("TERM");
            assertThat(String.join("\n", child.rest()))
                    .contains("test: the stop failed: it is not done after 1 s, at")
                    .contains("LifeTest$Hanging.main")
                    .endsWith("with 1");
        }
    }

    @Test
    void endsAtOnceByASecondSignal() throws Exception {
        try (var child = new Child("Hanging", "600")) {
            child.await("up");
            child.signal("TERM");
            child.await("closing");
            child.signal("INT");
            assertThat(child.rest()).containsExactly("by 2");
        }
    }

    @Test
    void endsBySignalWhileItStarts() throws Exception {
        try (var child = new Child("Starting")) {
            child.await("starting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("by 15");
        }
    }

    @Test
    void stopsInOrderThoughItIsAskedBeforeItIsQuiteUp() throws Exception {
        try (var child = new Child("AlmostUp")) {
            child.await("up");
            child.signal("TERM");
            child.await("asked");
            assertThat(child.rest()).containsExactly("closed", "with 0");
        }
    }

    @Test
    void endsWith1AndALineWhenItDoesNotStart() throws Exception {
        try (var child = new Child("Refused")) {
            assertThat(child.rest()).containsExactly("test: there is no such flag", "with 1");
        }
    }

    @Test
    void endsByItselfWhenWhatItRunsDoes() throws Exception {
        try (var child = new Child("Mortal")) {
            assertThat(child.rest()).containsExactly("closed", "with 0");
        }
    }

    @Test
    void aBackgroundJobIgnoresSigintAndEndsBySigterm() throws Exception {
        try (var child = new Child("Background", "Obedient")) {
            child.await("up");
            child.signal("INT");
            child.say("are you there?");
            child.await("are you there?");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("closed", "with 0");
        }
    }

    @Test
    void anErrandThatIsAskedToEndWasNotDone() throws Exception {
        try (var child = new Child("Errand")) {
            child.await("working");
            child.signal("INT");
            assertThat(child.rest()).containsExactly("by 2");
        }
    }

    @Test
    void anErrandEndsWithItsCode() throws Exception {
        try (var child = new Child("Errand", "7")) {
            child.await("working");
            assertThat(child.rest()).containsExactly("with 7");
        }
    }

    static final class Obedient {
        public static void main(String[] arguments) {
            Life.lead("test", _ -> {
                // Lives as long as its parent, whatever happens to this test.
                Thread.ofPlatform().daemon().start(Obedient::echo);
                System.out.println("up");
                return () -> System.out.println("closed");
            });
        }

        private static void echo() {
            try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                in.lines().forEach(System.out::println);
            } catch (IOException gone) {
                Runtime.getRuntime().halt(99);
            }
            Runtime.getRuntime().halt(99);
        }
    }

    static final class Failing {
        public static void main(String[] arguments) {
            Life.lead("test", _ -> {
                System.out.println("up");
                return () -> {
                    throw new NoSuchFileException("the directory is gone");
                };
            });
        }
    }

    static final class Hanging {
        public static void main(String[] arguments) {
            Life.lead("test", Duration.ofSeconds(Long.parseLong(arguments[0])), _ -> {
                System.out.println("up");
                return () -> {
                    System.out.println("closing");
                    new CountDownLatch(1).await();
                };
            });
        }
    }

    static final class Starting {
        public static void main(String[] arguments) {
            Life.lead("test", _ -> {
                System.out.println("starting");
                new CountDownLatch(1).await();
                return () -> System.out.println("closed");
            });
        }
    }

    /// Is up once it was asked to end.
    static final class AlmostUp {
        public static void main(String[] arguments) {
            Life.lead("test", _ -> {
                System.out.println("up");
                while (Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("SIGTERM"))) {
                    Thread.onSpinWait();
                }
                System.out.println("asked");
                return () -> System.out.println("closed");
            });
        }
    }

    static final class Refused {
        public static void main(String[] arguments) {
            Life.lead("test", _ -> {
                throw new IllegalArgumentException("there is no such flag");
            });
        }
    }

    static final class Mortal {
        public static void main(String[] arguments) {
            Life.lead("test", stop -> {
                Thread.ofPlatform().start(stop);
                return () -> System.out.println("closed");
            });
        }
    }

    static final class Errand {
        public static void main(String[] arguments) {
            Life.errand("test", () -> {
                System.out.println("working");
                if (arguments.length == 0) new CountDownLatch(1).await();
                return Integer.parseInt(arguments[0]);
            });
        }
    }

    /// A child whose output and errors are read here.
    private static final class Child implements AutoCloseable {
        private final Process parent;
        private final BufferedReader output;
        private final long pid;

        Child(String main, String... arguments) throws IOException {
            var command = new ArrayList<>(List.of("perl", "-e", PARENT));
            if (main.equals("Background")) command.addAll(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
            String java = ProcessHandle.current().info().command().orElse("java");
            command.addAll(List.of(
                    java,
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xmx32m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classPath()));
            command.addAll(main.equals("Background") ? List.of(nested(arguments[0])) : words(nested(main), arguments));
            parent = new ProcessBuilder(command).redirectErrorStream(true).start();
            output = parent.inputReader();
            pid = Long.parseLong(output.readLine());
        }

        private static String classPath() {
            return System.getProperty("java.class.path");
        }

        private static String nested(String main) {
            return LifeTest.class.getName() + "$" + main;
        }

        private static List<String> words(String first, String... others) {
            return Stream.concat(Stream.of(first), Stream.of(others)).toList();
        }

        void await(String line) throws IOException {
            assertThat(output.readLine()).isEqualTo(line);
        }

        void say(String line) throws IOException {
            parent.outputWriter().write(line + "\n");
            parent.outputWriter().flush();
        }

        /// All that it says yet, and how it ends.
        List<String> rest() {
            return output.lines().toList();
        }

        void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
        }

        @Override
        public void close() {
            parent.descendants().forEach(ProcessHandle::destroyForcibly);
            parent.destroyForcibly();
        }
    }
}
