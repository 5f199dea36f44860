package io.orlop.store.etcd;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.Budget;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import io.orlop.store.proto.etcdserverpb.RangeStreamResponse;
import java.util.Arrays;
import java.util.List;

/// A range in pieces, all of one revision: merged, they are what one answer would be. The first pieces are small; then
/// they grow or shrink towards the size of the largest request. Only the last says how many keys there are, whether the
/// limit cut something off, and what the store's revision was.
final class RangeStreamCall {
    private static final long KEYS_AT_FIRST = 10;

    private final MvccStore store;
    private final Caller caller;
    private final Identity identity;
    private final Paced<RangeStreamResponse> client;
    private final int bytesWanted;
    private final Budget answers;

    RangeStreamCall(
            MvccStore store,
            Caller caller,
            Identity identity,
            Paced<RangeStreamResponse> client,
            int bytesWanted,
            Budget answers) {
        this.answers = answers;
        this.store = store;
        this.caller = caller;
        this.identity = identity;
        this.client = client;
        this.bytesWanted = bytesWanted;
    }

    void send(Operation.Range range) {
        Outcome.Ranged counted = (Outcome.Ranged) MvccStore.await(store.submit(range.counting(), caller));
        long at = range.revision() > 0 ? range.revision() : counted.revision();
        RangeResponse.Builder last = RangeResponse.newBuilder()
                .setHeader(identity.header(counted.revision()))
                .setCount(counted.count());
        if (range.countOnly()) {
            send(last);
            return;
        }
        long rest = range.limit() > 0 ? Math.min(range.limit(), counted.count()) : counted.count();
        last.setMore(rest < counted.count());
        KeyRange keys = range.keys();
        long pieceKeys = KEYS_AT_FIRST;
        while (true) {
            client.awaitReady();
            List<KeyValue> kvs = store.page(keys, at, Math.min(pieceKeys, rest), range.keysOnly(), caller);
            rest -= kvs.size();
            // Each key is there at that revision, so nothing comes only when nothing is left.
            boolean over = rest == 0 || kvs.isEmpty();
            RangeResponse.Builder piece = over ? last : RangeResponse.newBuilder();
            for (KeyValue kv : kvs) piece.addKvs(Encoding.kv(kv));
            long bytes = send(piece);
            if (over) return;
            keys = new KeyRange(after(kvs.getLast().key()), keys.to());
            if (bytes < bytesWanted / 2) pieceKeys *= 2;
            else if (bytes > bytesWanted) pieceKeys = Math.max(1, pieceKeys / 2);
        }
    }

    private long send(RangeResponse.Builder piece) {
        RangeStreamResponse response =
                RangeStreamResponse.newBuilder().setRangeResponse(piece).build();
        int bytes = response.getSerializedSize();
        if (!answers.tryTake(bytes)) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
        try {
            client.send(response);
            return bytes;
        } finally {
            answers.giveBack(bytes);
        }
    }

    private static Octets after(Octets key) {
        return Octets.wrap(Arrays.copyOf(key.array(), key.length() + 1));
    }
}
