package io.orlop.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Bytes;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObservationLogTest {
    private final ObservationLog log = new ObservationLog("e");

    ObservationLogTest() {
        log.settle();
    }

    @Test
    void beginsWithEverythingAndThenTellsChanges() throws InterruptedException {
        publish("n1", "1");
        publish("n2", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        publish("n3", "1");
        assertThat(read(feed, 2)).containsExactly("anew n1=1 n2=1 complete@2", "n3=1@3");
    }

    @Test
    void tellsASlowReaderOnlyTheLatest() throws InterruptedException {
        publish("n1", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        read(feed, 1);
        for (int i = 2; i <= 100; i++) publish("n1", "" + i);
        publish("n2", "1");
        assertThat(read(feed, 1)).containsExactly("n1=100 n2=1@101");
    }

    @Test
    void completesAlthoughEverythingChangedMeanwhile() throws InterruptedException {
        publish("n1", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        read(feed, 1);
        publish("n1", "2");
        assertThat(read(log.open(Cursor.START), 1)).containsExactly("anew n1=2 complete@2");
        assertThat(read(feed, 1)).containsExactly("n1=2@2");
    }

    @Test
    void isCompleteForNobodyBeforeItHasSettled() throws InterruptedException {
        var young = new ObservationLog("y");
        young.publish(List.of(seen("n1", "1")));
        Feed<Observation> feed = young.open(Cursor.START);
        assertThat(read(feed, 1)).containsExactly("anew n1=1@1");
        young.publish(List.of(seen("n2", "1")));
        young.settle();
        assertThat(read(feed, 1)).containsExactly("n2=1 complete@2");
    }

    @Test
    void resumesAfterACursorOfItsOwn() throws InterruptedException {
        publish("n1", "1");
        publish("n2", "1");
        publish("n1", "2");
        assertThat(read(log.open(new Cursor("e", 2)), 1)).containsExactly("n1=2 complete@3");
    }

    @Test
    void startsOverAfterACursorOfAnother() throws InterruptedException {
        publish("n1", "1");
        assertThat(read(log.open(new Cursor("other", 7)), 1)).containsExactly("anew n1=1 complete@1");
    }

    @Test
    void tellsWhatIsGone() throws InterruptedException {
        publish("n1", "1");
        log.publish(List.of(new News.Gone(new Fact.Id(new NodeId("n1"), Fact.Kind.NODE, ""))));
        assertThat(read(log.open(Cursor.START), 1)).containsExactly("anew n1 gone complete@2");
    }

    @Test
    void keepsAUsageForAsLongAsItIsLaterThanWhatItIsTheUsageOf() throws InterruptedException {
        PoolState pool = pool();
        var usage = new News.Seen(new Fact.PoolUsage(pool.node(), pool.id(), Bytes.mib(8), Bytes.mib(8)));
        log.publish(List.of(new News.Seen(new Fact.Pool(pool)), usage));
        assertThat(log.open(Cursor.START).next().news()).hasSize(2).endsWith(usage);
        Cursor before = log.publish(List.of());
        var full = new News.Seen(new Fact.Pool(pool.using(Bytes.mib(12), Bytes.mib(12))));
        log.publish(List.of(full));
        assertThat(log.open(before).next().news()).containsExactly(full);
        assertThat(log.open(Cursor.START).next().news()).containsExactly(full);
        log.publish(List.of(usage, new News.Gone(Fact.Pool.id(pool.node(), pool.id()))));
        assertThat(log.open(Cursor.START).next().news())
                .containsExactly(new News.Gone(Fact.Pool.id(pool.node(), pool.id())));
    }

    @Test
    void cutsPiecesThatFitIntoAMessage() throws InterruptedException {
        List<String> hosts = IntStream.range(0, 256)
                .mapToObj("nqn.2014-08.org.nvmexpress:%0196d"::formatted)
                .toList();
        for (int i = 0; i < 300; i++) log.publish(List.of(new News.Seen(new Fact.Replica(replica(i, hosts)))));
        int told = 0;
        try (Feed<Observation> feed = log.open(Cursor.START)) {
            for (boolean complete = false; !complete; ) {
                Observation piece = feed.next();
                int length = piece.news().stream()
                        .mapToInt(news -> news.toString().length())
                        .sum();
                assertThat(length).isLessThan(4 << 20);
                told += piece.news().size();
                complete = piece.complete();
            }
        }
        assertThat(told).isEqualTo(300);
    }

    private static PoolState pool() {
        return new PoolState(
                new PoolId("p1"),
                PoolUuid.of("00000000-0000-4000-8000-00000000000a"),
                new NodeId("n1"),
                List.of("aio:///dev/x"),
                PoolStatus.ONLINE,
                Bytes.gib(1),
                Bytes.ZERO,
                Bytes.ZERO,
                Bytes.mib(4));
    }

    private static ReplicaState replica(int number, List<String> hosts) {
        var id = ReplicaId.of("00000000-0000-4000-9000-%012d".formatted(number));
        return new ReplicaState(
                id,
                id.toString(),
                new NodeId("n1"),
                new PoolId("p1"),
                pool().uuid(),
                Bytes.mib(4),
                true,
                ShareProtocol.NVMF,
                "nvmf+tcp://n1/" + id,
                hosts,
                new ReplicaSpace(Bytes.mib(4), Bytes.ZERO, Bytes.mib(4), 1, 0),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE);
    }

    @Test
    void remembersALimitedNumberOfWhatIsGoneAndStartsOverForWhoMissedSome() throws InterruptedException {
        // Given a reader that has read the first
        publish("n0", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        read(feed, 1);
        // When far more come and go than are remembered, while the reader rests
        for (int i = 1; i <= 20_000; i++) {
            publish("n" + i, "1");
            log.publish(List.of(new News.Gone(new Fact.Id(new NodeId("n" + i), Fact.Kind.NODE, ""))));
        }
        // Then it is told anew, and of not more than is remembered
        Observation first = feed.next();
        assertThat(first.anew()).isTrue();
        int told = first.news().size();
        for (Observation piece = first; !piece.complete(); told += piece.news().size()) piece = feed.next();
        assertThat(told).isLessThanOrEqualTo(10_001);
    }

    @Test
    void givesNoPlaceToWhatIsNoNews() {
        assertThat(publish("n1", "1")).isEqualTo(publish("n1", "1"));
    }

    @Test
    void sendsReadersAwayWhenItCloses() {
        Feed<Observation> feed = log.open(Cursor.START);
        log.close();
        assertThatThrownBy(feed::next).isInstanceOf(RefusalException.class);
    }

    private Cursor publish(String node, String instance) {
        return log.publish(List.of(seen(node, instance)));
    }

    private static News seen(String node, String instance) {
        return new News.Seen(
                new Fact.Node(new NodeState(new NodeId(node), "", NodeStatus.ONLINE, null, null, instance)));
    }

    private static List<String> read(Feed<Observation> feed, int pieces) throws InterruptedException {
        var read = new ArrayList<String>();
        for (int i = 0; i < pieces; i++) {
            Observation piece = feed.next();
            var words = new ArrayList<String>();
            if (piece.anew()) words.add("anew");
            for (News news : piece.news()) {
                words.add(
                        switch (news) {
                            case News.Seen(Fact.Node(NodeState state)) -> state.id() + "=" + state.instance();
                            case News.Seen(Fact other) -> other.toString();
                            case News.Gone(Fact.Id id) -> id.node() + " gone";
                        });
            }
            if (piece.complete()) words.add("complete");
            read.add(String.join(" ", words) + "@" + piece.at().sequence());
        }
        return read;
    }
}
