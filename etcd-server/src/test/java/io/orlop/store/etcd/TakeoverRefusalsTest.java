package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.takeover.Takeover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is refused, and left as it was.
class TakeoverRefusalsTest extends TakeoverScene {
    @Test
    void whatCannotBeKnownIsRefused() throws Exception {
        untilKilled(data(), authority -> live(authority, 27, 100), LATE);
        Path withoutLog = copy(data(), "without log");
        Files.delete(wal(withoutLog));
        refuses(withoutLog, "there is no write-ahead log");
        Path withoutDatabase = copy(data(), "without database");
        Files.delete(withoutDatabase.resolve("member/snap/db"));
        refuses(withoutDatabase, "is not");
        withReal(copy(data(), "running"), _ -> refuses(directory.resolve("running"), "an etcd is running"));
    }

    /// As with any other directory, hidden files are files.
    @Test
    void whereSomebodyKeepsSomethingElseNothingIsMade() throws Exception {
        withReal(data(), authority -> Etcdctl.to(authority).ok("put", "k", "v"));
        for (String name :
                List.of(".hidden", "proxy.log", "reserve", "taken-over", "fixtures", "takeover.unfinished")) {
            Path foreign = Files.writeString(data().resolve(name), "somebody's");
            refuses(data(), "beside it there is " + name);
            Files.delete(foreign);
        }
        Path proxy = Files.createDirectory(data().resolve("proxy"));
        refuses(data(), "beside it there is proxy");
        Files.delete(proxy);
        takenAsEtcdWould(data());
    }

    @Test
    void whatEtcdDidAgainstItsRuleIsRefusedAndNotPassedOver() throws Exception {
        RequestOp put = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("b")))
                .build();
        RequestOp delete = RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setRangeEnd(ByteString.copyFrom(new byte[1])))
                .build();
        untilKilled(
                data(),
                authority -> {
                    ManagedChannel channel = channel(authority);
                    KVGrpc.newBlockingStub(channel)
                            .txn(TxnRequest.newBuilder()
                                    .addSuccess(put)
                                    .addSuccess(delete)
                                    .build());
                    channel.shutdownNow();
                },
                LATE);
        refuses(data(), "asks for what this store refuses");
        // What is in the database needs no second look.
        withReal(data(), authority -> Etcdctl.to(authority).ok("get", "b"));
        takenAsEtcdWould(data());
    }

    @Test
    void takesNothingWhereNotAllFitsIntoMemory() throws Exception {
        Object[] before = new Object[1];
        untilKilled(
                data(),
                authority -> {
                    ManagedChannel channel = channel(authority);
                    for (int i = 0; i < 3_000; i++) put(channel, "k" + i, "v");
                    RequestOp all = RequestOp.newBuilder()
                            .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("k"))
                                    .setRangeEnd(ByteString.copyFromUtf8("k9"))
                                    .setPrevKv(true))
                            .build();
                    var _ = KVGrpc.newBlockingStub(channel)
                            .txn(TxnRequest.newBuilder().addSuccess(all).build());
                    channel.shutdownNow();
                    before[0] = hash(authority);
                },
                LATE);
        TreeMap<Path, ByteString> etcds = files(data());
        refusesForWantOfMemory(StoreOptions.defaults().memoryBytes(256 << 10), "has no room in memory");
        refusesForWantOfMemory(StoreOptions.defaults().underWayBytes(64 << 10), "is too much at once for the memory");
        assertThat(files(data())).isEqualTo(etcds);
        withReal(copy(data(), "for etcd"), authority -> assertThat(hash(authority))
                .isEqualTo(before[0]));
        taken(data(), before[0], TakeoverScene::hash);
    }

    private void refusesForWantOfMemory(StoreOptions options, String why) {
        assertThatThrownBy(() -> Takeover.of(data(), NOT_APART, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("-Xmx");
    }

    @Test
    void whatOnlyHasTheNameOfOursIsLeftAlone() throws Exception {
        MvccStore.open(data(), StoreOptions.defaults()).close();
        String segment = segments(data()).getFirst();
        Path named = data().resolve("takeover");

        Files.createDirectory(named);
        Files.writeString(named.resolve("notes"), "somebody's");
        Files.writeString(named.resolve("lock"), "somebody's");
        leavesAlone("it has notes in it");

        Files.delete(named.resolve("notes"));
        Files.copy(data().resolve(segment), named.resolve("00000000000000ff-00000000.log"));
        leavesAlone("nothing says of which etcd");
        Files.writeString(named.resolve("taken-over"), "transaction 7\n");
        leavesAlone("there is a store already");
        Files.writeString(named.resolve(segment), "another");
        leavesAlone("there is another " + segment);

        Path elsewhere = directory.resolve("elsewhere");
        Files.move(named, elsewhere);
        Files.delete(elsewhere.resolve(segment));
        Files.createSymbolicLink(named, elsewhere);
        leavesAlone("it is no directory");
        assertThat(elsewhere.resolve("taken-over")).exists();
    }

    private void leavesAlone(String why) throws IOException {
        TreeMap<Path, ByteString> before = files(data());
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("move it to another place");
        assertThat(files(data())).isEqualTo(before);
    }
}
