package io.orlop.standalone;

import io.orlop.model.process.Life;
import java.util.List;

/// `./orlop demo`.
public final class Orlop {
    private Orlop() {}

    public static void main(String[] arguments) {
        Life.lead("orlop", _ -> whole(arguments));
    }

    private static AutoCloseable whole(String... arguments) throws Exception {
        long start = System.nanoTime();
        try {
            Demo demo = Demo.start(DemoOptions.parse(List.of(arguments)));
            System.out.printf("%norlop is ready after %.1f s%n%s%nCtrl-C stops it%n", seconds(start), demo.places());
            return () -> {
                demo.close();
                System.out.println("stopped");
            };
        } catch (StartRefused refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }

    /// Everything running; closing stops it.
    public interface Running extends AutoCloseable {
        int restPort();

        @Override
        void close();
    }

    /// Starts a demo without waiting for its end.
    ///
    /// @param arguments as on the command line
    public static Running start(List<String> arguments) throws Exception {
        return Demo.start(DemoOptions.parse(arguments));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
