package io.orlop.store.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.etcd.RealEtcd;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A takeover onto a disk that fails, in each of its calls: it says so, and leaves nothing.
class FailingDiskTest {
    private static final int KEYS = 60;

    @TempDir
    Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    /// Half of it in the database, the rest in the log alone.
    @BeforeEach
    void anEtcdWasHere() throws Exception {
        try (RealEtcd etcd = RealEtcd.startOn(data())) {
            put(etcd, 0, KEYS / 2);
        }
        try (RealEtcd etcd =
                RealEtcd.startOnUntilKilled(data(), "--backend-batch-interval=1h", "--backend-batch-limit=1000000")) {
            put(etcd, KEYS / 2, KEYS);
        }
    }

    private static void put(RealEtcd etcd, int from, int to) {
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + etcd.authority())
                .usePlaintext()
                .build();
        for (int i = from; i < to; i++) {
            var _ = KVGrpc.newBlockingStub(channel)
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("k" + i))
                            .setValue(ByteString.copyFrom(new byte[2_000]))
                            .build());
        }
        channel.shutdownNow();
    }

    @Test
    void whereWritesFailNothingIsMade() throws Exception {
        failsUntilItNeedNot(
                (disk, calls) -> disk.faults().add(Fault.eio(Call.WRITE).after(calls)), 1);
    }

    @Test
    void whereForcesFailNothingIsMade() throws Exception {
        failsUntilItNeedNot(
                (disk, calls) -> disk.faults().add(Fault.eio(Call.FORCE).after(calls)), 1);
    }

    @Test
    void whereOneForceFailsNothingOrAllIsMade() throws Exception {
        failsUntilItNeedNot(
                (disk, calls) ->
                        disk.faults().add(Fault.lostForce().after(calls).times(1)),
                1);
        failsUntilItNeedNot(CrashableDirectory::loseNamesAfter, 1);
    }

    @Test
    void whereThereIsNoMoreRoomNothingIsMade() throws Exception {
        failsUntilItNeedNot(CrashableDirectory::capacity, 10_007);
    }

    @Test
    void whereNothingWorksAnyMoreNothingIsMade() throws Exception {
        failsUntilItNeedNot(CrashableDirectory::crashAfter, 1);
    }

    private void failsUntilItNeedNot(ObjLongConsumer<CrashableDirectory> fault, long step) throws Exception {
        List<Path> before = files();
        long failures = 0;
        while (true) {
            CrashableDirectory disk = new CrashableDirectory();
            fault.accept(disk, failures * step);
            try {
                assertThat(Takeover.of(data(), Path.of(""), StoreOptions.defaults(), _ -> disk))
                        .isPresent();
            } catch (IOException e) {
                failures++;
                assertThat(e)
                        .hasMessageContaining("cannot be taken over: ")
                        .hasMessageContaining("the disk failed that");
                assertThat(e).hasMessageContaining("see that it is well and has room");
                assertThat(files()).isEqualTo(before);
                continue;
            }
            assertThat(failures).isPositive();
            assertThat(revision(disk.afterKill())).isEqualTo(KEYS + 1);
            Files.delete(data().resolve("lock"));
            return;
        }
    }

    private static long revision(CrashableDirectory disk) throws IOException {
        Ambient ambient = Ambient.system();
        try (MvccStore store = MvccStore.open(disk, ambient, ambient.threads(), StoreOptions.defaults())) {
            return store.revision();
        }
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(data())) {
            return all.sorted().toList();
        }
    }
}
