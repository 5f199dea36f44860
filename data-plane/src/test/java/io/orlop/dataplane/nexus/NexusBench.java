package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.Exports;
import io.orlop.dataplane.block.Exposure;
import io.orlop.model.AllowedHost;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A nexus with what it needs around it, all in memory.
final class NexusBench {
    static final long SIZE = 12 << 20;

    final TreeMap<String, Copy> copies = new TreeMap<>();
    final ConcurrentSkipListMap<String, Exposure> exposed = new ConcurrentSkipListMap<>();
    final List<NexusInfo> saved = new ArrayList<>();
    /// How often a nexus said that it reports something new.
    final AtomicInteger changes = new AtomicInteger();
    final HastyAmbient ambient = new HastyAmbient();
    final MemoryInfoStore store = new MemoryInfoStore();
    volatile boolean storeDown;
    volatile Copy.Hook beforeSave = () -> {};
    volatile Replacing beforeReplace = (_, _, _) -> {};

    /// Sees each write of the record, and may keep it from taking effect.
    interface Replacing {
        void replace(String key, long revision, NexusInfo info) throws IOException;
    }

    String copy(int number) {
        String uri = "bdev:///r%d?uuid=%s".formatted(number, new UUID(0, number));
        copies.computeIfAbsent(uri, _ -> new Copy(uri, SIZE));
        return uri;
    }

    Copy at(int number) {
        Copy copy = copies.get(copy(number));
        if (copy == null) throw new AssertionError();
        return copy;
    }

    Nexus nexus(int... numbers) {
        return Nexus.create(
                new NexusRequest(
                        new NexusId(new UUID(7, 7)),
                        new UUID(8, 8).toString(),
                        SIZE,
                        NvmfConfig.ofPath(1),
                        Arrays.stream(numbers).mapToObj(this::copy).toList(),
                        "key"),
                surroundings());
    }

    Surroundings surroundings() {
        return new Surroundings(
                new NodeId("node"),
                uri -> {
                    Copy copy = copies.get(uri);
                    if (copy == null) throw new IOException("there is no " + uri);
                    return copy.open();
                },
                new Exports() {
                    @Override
                    public void expose(Exposure exposure) {
                        exposed.put(exposure.nqn(), exposure);
                    }

                    @Override
                    public void allow(String nqn, List<AllowedHost> hosts) {
                        Exposure now = exposed.get(nqn);
                        if (now == null) throw new AssertionError(nqn);
                        exposed.put(
                                nqn,
                                new Exposure(
                                        nqn,
                                        now.device(),
                                        now.identity(),
                                        hosts,
                                        now.firstController(),
                                        now.lastController()));
                    }

                    @Override
                    public void withdraw(String nqn) {
                        exposed.remove(nqn);
                    }

                    @Override
                    public String uri(String nqn) {
                        return "nvmf+tcp://10.0.0.1:8420/" + nqn;
                    }
                },
                new NexusInfoStore() {
                    @Override
                    public Kept read(String key, Duration atMost) throws IOException {
                        if (storeDown) throw new IOException("the store is down");
                        return store.read(key, atMost);
                    }

                    @Override
                    public Kept replace(String key, long revision, NexusInfo info, Duration atMost) throws IOException {
                        if (storeDown) throw new IOException("the store is down");
                        beforeSave.run();
                        beforeReplace.replace(key, revision, info);
                        Kept now = store.replace(key, revision, info, atMost);
                        if (info.equals(now.info())) saved.add(info);
                        return now;
                    }
                },
                changes::incrementAndGet,
                ambient);
    }

    /// Lets time go on.
    void pass(Duration time) {
        ambient.sleep(time);
    }

    NexusInfo last() {
        return saved.getLast();
    }

    List<Boolean> healthOnRecord() {
        return last().children().stream().map(NexusInfo.Child::healthy).toList();
    }

    static ByteBuffer filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }
}
