package io.orlop.benchmarks.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A closed loop: so many requests are always under way, and each answer begins the next. One thread does all of it.
///
/// @param method as in `KV/Put`
/// @param connections among which the requests are spread evenly
/// @param streaming whether each place in the loop is a stream of its own, with one message after the other
record Load(String method, int connections, int inFlight, boolean streaming, Supplier<byte[]> requests) {
    static Load unary(String method, int connections, int inFlight, Supplier<byte[]> requests) {
        return new Load(method, connections, inFlight, false, requests);
    }

    /// What it came to.
    record Result(double perSecond, long count, long[] nanos, Duration clientCpu) {
        double ms(double share) {
            return nanos[(int) Math.min(nanos.length - 1L, (long) (share * nanos.length))] / 1e6;
        }
    }

    Result run(int port, Duration warmUp, Duration measured) throws IOException {
        try (Selector selector = Selector.open();
                Run run = new Run(port, selector)) {
            run.drive(selector, warmUp.toNanos());
            run.nanos.clear();
            Duration cpu = cpu();
            long start = System.nanoTime();
            run.drive(selector, measured.toNanos());
            double seconds = (System.nanoTime() - start) / 1e9;
            long[] nanos = run.nanos.sorted();
            return new Result(nanos.length / seconds, nanos.length, nanos, cpu().minus(cpu));
        }
    }

    /// Makes exactly so many requests.
    void times(int port, int count) throws IOException {
        try (Selector selector = Selector.open();
                Run run = new Run(port, selector)) {
            while (run.nanos.size < count) run.turn(selector);
        }
    }

    static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private final class Run implements RawConnection.Answers, AutoCloseable {
        private final Map<RawConnection, long[]> sent = new IdentityHashMap<>();
        private final Map<RawConnection, Deque<Integer>> free = new IdentityHashMap<>();
        private final List<RawConnection> open = new ArrayList<>();
        private final Samples nanos = new Samples();
        private long now = System.nanoTime();

        Run(int port, Selector selector) throws IOException {
            for (int i = 0; i < connections; i++) {
                RawConnection connection = RawConnection.open(port, method, selector, this);
                open.add(connection);
                sent.put(connection, new long[1 << 14]);
                Deque<Integer> places = new ArrayDeque<>();
                for (int place = i; place < inFlight; place += connections) {
                    places.add(streaming ? connection.open() : 0);
                }
                free.put(connection, places);
            }
            for (RawConnection connection : open) fill(connection);
        }

        void drive(Selector selector, long nanosLong) throws IOException {
            long end = System.nanoTime() + nanosLong;
            while (now < end) turn(selector);
        }

        void turn(Selector selector) throws IOException {
            selector.select(1000);
            now = System.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                RawConnection connection = (RawConnection) key.attachment();
                connection.read();
                fill(connection);
            }
            selector.selectedKeys().clear();
        }

        private void fill(RawConnection connection) throws IOException {
            Deque<Integer> places = requireNonNull(free.get(connection));
            long[] times = requireNonNull(sent.get(connection));
            while (!places.isEmpty() && connection.mayWrite(1024)) {
                int stream = places.remove();
                byte[] request = requests.get();
                if (streaming) connection.send(stream, request);
                else stream = connection.request(request);
                times[stream >> 1 & times.length - 1] = now;
            }
            connection.flush();
        }

        @Override
        public void message(RawConnection connection, int stream) {
            done(connection, stream, stream);
        }

        @Override
        public void ended(RawConnection connection, int stream, boolean answered) {
            if (!answered || streaming) throw new IllegalStateException(method + " was refused");
            done(connection, stream, 0);
        }

        private void done(RawConnection connection, int stream, int place) {
            long[] times = requireNonNull(sent.get(connection));
            nanos.add(now - times[stream >> 1 & times.length - 1]);
            requireNonNull(free.get(connection)).add(place);
        }

        @Override
        public void close() throws IOException {
            for (RawConnection connection : open) connection.close();
        }
    }

    /// Numbers, without an object for each.
    static final class Samples {
        private long[] values = new long[1 << 16];
        private int size;

        void add(long value) {
            if (size == values.length) values = Arrays.copyOf(values, size * 2);
            values[size++] = value;
        }

        void clear() {
            size = 0;
        }

        long[] sorted() {
            long[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
