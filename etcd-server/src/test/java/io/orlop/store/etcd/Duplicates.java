package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// The rule that no transaction does two things to one key, pair by pair: of two operations that one request could
/// both do, none puts what the other puts or deletes. etcd keeps it but for two open bugs, by which it lets some pass;
/// this says which, so that what etcd answers to those counts for nothing.
final class Duplicates {
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    /// An operation, and which branches lead to it: `3+` is the first branch of the fourth operation.
    private record Placed(List<String> way, RequestOp op) {}

    private Duplicates() {}

    static boolean in(TxnRequest txn) {
        return in(txn, (_, _) -> true);
    }

    /// Whether etcd refuses it for sure: two puts, or a put and a deletion with an end side by side.
    static boolean areSeenByEtcd(TxnRequest txn) {
        return in(txn, Duplicates::isPlain);
    }

    private static boolean isPlain(Placed one, Placed other) {
        if (one.op.hasRequestPut() && other.op.hasRequestPut()) return true;
        return one.way.equals(other.way)
                && Stream.of(one.op, other.op)
                        .noneMatch(
                                op -> op.getRequestDeleteRange().getRangeEnd().equals(NO_END));
    }

    private static boolean in(TxnRequest txn, BiPredicate<Placed, Placed> counts) {
        return in(txn.getSuccessList(), counts) || in(txn.getFailureList(), counts);
    }

    private static boolean in(List<RequestOp> branch, BiPredicate<Placed, Placed> counts) {
        List<Placed> all = new ArrayList<>();
        place(branch, List.of(), all);
        for (int i = 0; i < all.size(); i++) {
            Placed one = all.get(i);
            for (Placed other : all.subList(i + 1, all.size())) {
                if (canBothBe(one.way, other.way) && collide(one.op, other.op) && counts.test(one, other)) return true;
            }
        }
        return false;
    }

    private static void place(List<RequestOp> branch, List<String> way, List<Placed> all) {
        for (int i = 0; i < branch.size(); i++) {
            RequestOp op = branch.get(i);
            if (!op.hasRequestTxn()) {
                all.add(new Placed(way, op));
                continue;
            }
            place(op.getRequestTxn().getSuccessList(), with(way, i + "+"), all);
            place(op.getRequestTxn().getFailureList(), with(way, i + "-"), all);
        }
    }

    private static List<String> with(List<String> way, String step) {
        List<String> longer = new ArrayList<>(way);
        longer.add(step);
        return longer;
    }

    /// Unless they part at one and the same transaction.
    private static boolean canBothBe(List<String> one, List<String> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            String here = one.get(i);
            String there = other.get(i);
            if (here.equals(there)) continue;
            return !here.substring(0, here.length() - 1).equals(there.substring(0, there.length() - 1));
        }
        return true;
    }

    private static boolean collide(RequestOp one, RequestOp other) {
        if (one.hasRequestPut() && other.hasRequestPut()) {
            return one.getRequestPut().getKey().equals(other.getRequestPut().getKey());
        }
        return deletesWhatIsPut(one, other) || deletesWhatIsPut(other, one);
    }

    private static boolean deletesWhatIsPut(RequestOp one, RequestOp other) {
        if (!one.hasRequestDeleteRange() || !other.hasRequestPut()) return false;
        DeleteRangeRequest range = one.getRequestDeleteRange();
        ByteString key = other.getRequestPut().getKey();
        if (range.getRangeEnd().isEmpty()) return key.equals(range.getKey());
        return compare(key, range.getKey()) >= 0
                && (range.getRangeEnd().equals(NO_END) || compare(key, range.getRangeEnd()) < 0);
    }

    private static int compare(ByteString one, ByteString other) {
        return ByteString.unsignedLexicographicalComparator().compare(one, other);
    }
}
