package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmResponse;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.etcdserverpb.DowngradeRequest;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.MoveLeaderRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RangeStreamResponse;
import io.orlop.store.proto.etcdserverpb.SnapshotRequest;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import io.orlop.store.proto.etcdserverpb.StatusRequest;
import io.orlop.store.proto.etcdserverpb.StatusResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What operators ask, in etcd's words; and large reads in pieces.
class MaintenanceTest {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(directory, StoreOptions.defaults().quotaBytes(3_000_000));
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return MaintenanceGrpc.newBlockingStub(channel);
    }

    private void put(int keys, int bytes) {
        for (int i = 0; i < keys; i++) {
            store.put(Operation.Put.of(Octets.of(String.format("k%05d", i)), Octets.of("x".repeat(bytes))));
        }
    }

    private AlarmResponse alarm(AlarmRequest.AlarmAction action, AlarmType type) {
        return maintenance()
                .alarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setAlarm(type)
                        .build());
    }

    @Test
    void wantOfSpaceIsAnAlarmThatEndsByItself() {
        var kv = KVGrpc.newBlockingStub(channel);
        PutRequest large = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("large"))
                .setValue(ByteString.copyFrom(new byte[1_000_000]))
                .build();
        kv.put(large);
        kv.put(large);
        assertThatThrownBy(() -> kv.put(large))
                .hasMessage("RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded");
        AlarmResponse alarms = alarm(AlarmRequest.AlarmAction.GET, AlarmType.NONE);
        assertThat(alarms.getAlarmsCount()).isEqualTo(1);
        assertThat(alarms.getAlarms(0).getAlarm()).isEqualTo(AlarmType.NOSPACE);
        StatusResponse status = maintenance().status(StatusRequest.getDefaultInstance());
        assertThat(status.getErrorsList())
                .containsExactly(
                        "memberID:" + Long.toUnsignedString(status.getHeader().getMemberId()) + " alarm:NOSPACE ");
        assertThat(status.getDbSizeQuota()).isEqualTo(3_000_000);
        MvccStore.await(store.compact(store.revision(), true));
        MvccStore.await(store.defragment());
        kv.put(large);
        assertThat(alarm(AlarmRequest.AlarmAction.GET, AlarmType.NONE).getAlarmsList())
                .isEmpty();
    }

    @Test
    void alarmsAreSwitchedAsInEtcd() {
        assertThat(alarm(AlarmRequest.AlarmAction.ACTIVATE, AlarmType.NONE).getAlarmsList())
                .isEmpty();
        assertThat(alarm(AlarmRequest.AlarmAction.ACTIVATE, AlarmType.CORRUPT).getAlarmsCount())
                .isEqualTo(1);
        var kv = KVGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> kv.range(RangeRequest.newBuilder().setKey(ZERO).build()))
                .hasMessage("DATA_LOSS: etcdserver: corrupt cluster");
        assertThat(alarm(AlarmRequest.AlarmAction.GET, AlarmType.NOSPACE).getAlarmsList())
                .isEmpty();
        assertThat(alarm(AlarmRequest.AlarmAction.DEACTIVATE, AlarmType.CORRUPT).getAlarmsCount())
                .isEqualTo(1);
        assertThat(alarm(AlarmRequest.AlarmAction.DEACTIVATE, AlarmType.CORRUPT).getAlarmsCount())
                .isZero();
        assertThat(kv.range(RangeRequest.newBuilder().setKey(ZERO).build()).getCount())
                .isZero();
    }

    @Test
    void aSnapshotEndsWithItsHash() throws Exception {
        put(300, 700);
        Iterator<SnapshotResponse> messages = maintenance().snapshot(SnapshotRequest.getDefaultInstance());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        SnapshotResponse last = messages.next();
        long remaining = Long.MAX_VALUE;
        while (messages.hasNext()) {
            assertThat(last.getBlob().size()).isLessThanOrEqualTo(32 * 1024);
            if (remaining != Long.MAX_VALUE) {
                assertThat(last.getRemainingBytes())
                        .isEqualTo(remaining - last.getBlob().size());
            }
            remaining = last.getRemainingBytes();
            assertThat(last.getVersion()).isEqualTo("3.6.0");
            last.getBlob().writeTo(body);
            last = messages.next();
        }
        assertThat(remaining).isZero();
        assertThat(body.size() % 512).isZero();
        assertThat(last.getBlob().toByteArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(body.toByteArray()));
    }

    @Test
    void hashesWhatWasAskedForOrSaysWhyNot() {
        put(10, 10);
        MvccStore.await(store.compact(5, true));
        assertThatThrownBy(() -> hash(4))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
        assertThatThrownBy(() -> hash(99))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
        var at = maintenance().hashKV(HashKVRequest.newBuilder().setRevision(7).build());
        assertThat(at.getHashRevision()).isEqualTo(7);
        assertThat(at.getCompactRevision()).isEqualTo(5);
        assertThat(at.getHeader().getRevision()).isEqualTo(11);
        assertThat(maintenance().hash(HashRequest.getDefaultInstance()).getHash())
                .isEqualTo(
                        maintenance().hashKV(HashKVRequest.getDefaultInstance()).getHash());
    }

    private void hash(long revision) {
        maintenance().hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void answersWhatOnlyMattersToClusters() {
        long self = maintenance()
                .status(StatusRequest.getDefaultInstance())
                .getHeader()
                .getMemberId();
        maintenance()
                .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(self).build());
        assertThatThrownBy(() -> maintenance()
                        .moveLeader(
                                MoveLeaderRequest.newBuilder().setTargetID(7).build()))
                .hasMessage("FAILED_PRECONDITION: etcdserver: bad leader transferee");
        var validate = DowngradeRequest.DowngradeAction.VALIDATE;
        var enable = DowngradeRequest.DowngradeAction.ENABLE;
        var cancel = DowngradeRequest.DowngradeAction.CANCEL;
        assertThatThrownBy(() -> downgrade(validate, "three"))
                .hasMessage("INVALID_ARGUMENT: etcdserver: wrong downgrade target version format");
        assertThatThrownBy(() -> downgrade(validate, "3.4.0"))
                .hasMessage("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
        assertThatThrownBy(() -> downgrade(cancel, ""))
                .hasMessage("FAILED_PRECONDITION: etcdserver: no inflight downgrade job");
        assertThat(downgrade(enable, "3.5.9")).isEqualTo("3.6.0");
        assertThat(maintenance()
                        .status(StatusRequest.getDefaultInstance())
                        .getDowngradeInfo()
                        .getTargetVersion())
                .isEqualTo("3.5.0");
        assertThatThrownBy(() -> downgrade(enable, "3.5.0"))
                .hasMessage("FAILED_PRECONDITION: etcdserver: cluster has a downgrade job in progress");
        assertThat(downgrade(cancel, "")).isEqualTo("3.6.0");
    }

    private String downgrade(DowngradeRequest.DowngradeAction action, String version) {
        return maintenance()
                .downgrade(DowngradeRequest.newBuilder()
                        .setAction(action)
                        .setVersion(version)
                        .build())
                .getVersion();
    }

    @Test
    void aStreamedRangeMergesToTheSameAnswer() {
        put(500, 900);
        long then = store.revision();
        store.delete(Operation.Delete.of(Octets.of("k00007")));
        Random random = new Random(3);
        var kv = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < 40; i++) {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(random.nextBoolean() ? ZERO : ByteString.copyFromUtf8("k0000" + random.nextInt(10)))
                    .setRangeEnd(random.nextBoolean() ? ZERO : ByteString.copyFromUtf8("k00" + random.nextInt(5)))
                    .setLimit(random.nextInt(3) == 0 ? random.nextInt(600) : 0)
                    .setRevision(random.nextInt(3) == 0 ? then : 0)
                    .setKeysOnly(random.nextInt(4) == 0)
                    .setCountOnly(random.nextInt(5) == 0)
                    .setSortOrder(random.nextBoolean() ? RangeRequest.SortOrder.NONE : RangeRequest.SortOrder.ASCEND)
                    .build();
            List<RangeStreamResponse> pieces = new ArrayList<>();
            kv.rangeStream(request).forEachRemaining(pieces::add);
            RangeResponse.Builder merged = RangeResponse.newBuilder();
            for (RangeStreamResponse piece : pieces) merged.mergeFrom(piece.getRangeResponse());
            assertThat(merged.build()).as(request.toString()).isEqualTo(kv.range(request));
            for (RangeStreamResponse piece : pieces.subList(0, pieces.size() - 1)) {
                assertThat(piece.getRangeResponse().hasHeader()).isFalse();
            }
        }
    }

    @Test
    void aStreamedRangeShowsOneRevision() {
        put(400, 2_000);
        Iterator<RangeStreamResponse> pieces = KVGrpc.newBlockingStub(channel)
                .rangeStream(
                        RangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO).build());
        int keys = pieces.next().getRangeResponse().getKvsCount();
        assertThat(keys).isEqualTo(10);
        long then = store.revision();
        put(400, 3);
        while (pieces.hasNext()) {
            RangeResponse piece = pieces.next().getRangeResponse();
            keys += piece.getKvsCount();
            assertThat(piece.getKvsList()).allMatch(kv -> kv.getModRevision() <= then);
        }
        assertThat(keys).isEqualTo(400);
    }

    @Test
    void aStreamRefusesWhatItCannotStream() {
        for (RangeRequest request : Arrays.asList(
                RangeRequest.newBuilder()
                        .setKey(ZERO)
                        .setSortOrder(RangeRequest.SortOrder.DESCEND)
                        .build(),
                RangeRequest.newBuilder().setKey(ZERO).setMinModRevision(3).build())) {
            Iterator<RangeStreamResponse> pieces =
                    KVGrpc.newBlockingStub(channel).rangeStream(request);
            assertThatThrownBy(pieces::hasNext).hasMessageContaining("UNIMPLEMENTED");
        }
        Iterator<RangeStreamResponse> future = KVGrpc.newBlockingStub(channel)
                .rangeStream(
                        RangeRequest.newBuilder().setKey(ZERO).setRevision(99).build());
        assertThatThrownBy(future::hasNext)
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
    }
}
