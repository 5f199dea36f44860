package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store in a process of its own is killed without warning, again and again, while it is busy. What it acknowledged
/// over its standard output is there when the directory is opened again, and nothing else than what was asked for.
class KilledProcessTest {
    private static final int KILLS = Integer.getInteger("orlop.kills", 3 * Integer.getInteger("orlop.longer", 1));
    private static final int ACKNOWLEDGED_PER_LIFE = 2_000;

    @TempDir
    Path directory;

    @Test
    void losesNothingItAcknowledged() throws Exception {
        Map<String, Long> acknowledged = new TreeMap<>();
        for (int life = 0; life < KILLS; life++) {
            acknowledged.putAll(killedWhileBusy(life));
            try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults())) {
                check(store, acknowledged);
            }
        }
    }

    private Map<String, Long> killedWhileBusy(int life) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Busy.class.getName(),
                        directory.toString(),
                        Integer.toString(life))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<String, Long> acknowledged = new TreeMap<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = output.readLine()) != null) {
                int space = line.indexOf(' ');
                // The kill may cut a line short; a line that ends with a full stop is whole.
                if (!line.endsWith(".")) continue;
                acknowledged.put(
                        line.substring(0, space), Long.parseLong(line.substring(space + 1, line.length() - 1)));
                // Through its handle, so that what it said last can still be read.
                if (acknowledged.size() == ACKNOWLEDGED_PER_LIFE)
                    process.toHandle().destroyForcibly();
            }
        }
        process.waitFor();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_PER_LIFE);
        return acknowledged;
    }

    private static void check(MvccStore store, Map<String, Long> acknowledged) {
        Map<String, Long> found = new TreeMap<>();
        for (KeyValue kv : store.range(Operation.Range.of(KeyRange.all())).kvs()) {
            assertThat(kv.value().text()).isEqualTo(Busy.value(kv.key().text()));
            found.put(kv.key().text(), kv.modRevision());
        }
        assertThat(found).containsAllEntriesOf(acknowledged);
        List<Long> revisions = new ArrayList<>(found.values());
        assertThat(revisions).doesNotHaveDuplicates().allMatch(revision -> revision <= store.revision());
    }

    /// The child: puts keys as fast as it can and says which are safe, and at which revision.
    static final class Busy {
        private static final int IN_FLIGHT = 200;

        public static void main(String[] arguments) throws Exception {
            MvccStore store = MvccStore.open(
                    Path.of(arguments[0]), StoreOptions.defaults().segmentBytes(200_000));
            Semaphore inFlight = new Semaphore(IN_FLIGHT);
            AtomicBoolean failed = new AtomicBoolean();
            for (int i = 0; !failed.get(); i++) {
                inFlight.acquire();
                String key = "life" + arguments[1] + "/" + i;
                store.submit(Operation.Put.of(Octets.of(key), Octets.of(value(key))))
                        .whenComplete((outcome, denied) -> {
                            if (denied == null) System.out.print(key + " " + outcome.revision() + ".\n");
                            else failed.set(true);
                            inFlight.release();
                        });
            }
        }

        static String value(String key) {
            return key.repeat(1 + key.hashCode() & 15);
        }
    }
}
