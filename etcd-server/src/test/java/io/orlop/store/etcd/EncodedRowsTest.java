package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.Budget;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EncodedRowsTest {
    private static final ResponseHeader HEADER =
            ResponseHeader.newBuilder().setRevision(7).build();

    private static KeyValue row(Random random) {
        byte[] key = new byte[1 + random.nextInt(200)];
        byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(300)];
        random.nextBytes(key);
        random.nextBytes(value);
        return new KeyValue(
                Octets.wrap(key),
                Octets.wrap(value),
                random.nextInt(1_000),
                random.nextLong() >>> 1,
                random.nextInt(3),
                random.nextInt(2) == 0 ? 0 : random.nextLong());
    }

    @Test
    void readAsTheMessageThatHasThemAll() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            EncodedRows rows =
                    new EncodedRows(new SpareParts(), Budget.ofHeap(2).share());
            rows.begin();
            for (int i = random.nextInt(50); i > 0; i--) rows.row(row(random));
            // A compaction came between.
            rows.begin();
            List<KeyValue> kept = new ArrayList<>();
            for (int i = random.nextInt(500); i > 0; i--) kept.add(row(random));
            kept.forEach(rows::row);
            Outcome.Ranged rest = new Outcome.Ranged(7, List.of(), seed % 2 == 0, 1_000);
            RangeReply reply = rows.reply(Encoding.range(rest, HEADER));
            RangeResponse whole = Encoding.range(new Outcome.Ranged(7, kept, rest.more(), rest.count()), HEADER);
            try (InputStream bytes = RangeReply.METHOD.streamResponse(reply)) {
                assertThat(RangeResponse.parseFrom(bytes)).isEqualTo(whole);
            }
        }
    }
}
