package io.orlop.standalone;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/// `./orlop demo`.
public final class Orlop {
    private Orlop() {}

    public static void main(String[] arguments) throws InterruptedException {
        long start = System.nanoTime();
        var stopped = new CountDownLatch(1);
        Demo demo;
        try {
            demo = Demo.start(DemoOptions.parse(List.of(arguments)));
        } catch (IllegalArgumentException | StartRefused refused) {
            System.err.println("orlop: " + refused.getMessage());
            System.exit(1);
            return;
        } catch (Exception failure) {
            System.err.println("orlop: the demo does not start: " + failure);
            failure.printStackTrace();
            System.exit(1);
            return;
        }
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopped.countDown();
            try {
                main.join();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }));
        System.out.printf("%norlop is ready after %.1f s%n%s%nCtrl-C stops it%n", seconds(start), demo.places());
        stopped.await();
        demo.close();
        System.out.println("stopped");
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
