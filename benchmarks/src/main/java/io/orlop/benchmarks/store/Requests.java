package io.orlop.benchmarks.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Supplier;

/// Encoded requests over keys of one length, `key/00000042`, so that a new request is the old one with other digits.
///
/// @param keys how many there are
record Requests(int keys) {
    static final int VALUE_BYTES = 256;
    static final int KEY_BYTES = 12;

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("key/%08d".formatted(number));
    }

    private static ByteString value() {
        byte[] value = new byte[VALUE_BYTES];
        new Random(42).nextBytes(value);
        return ByteString.copyFrom(value);
    }

    /// Every key once, in order.
    Supplier<byte[]> each() {
        var template = new Template(put(key(0)));
        int[] next = {0};
        return () -> template.with(next[0]++ % keys);
    }

    Supplier<byte[]> puts() {
        return anywhere(put(key(0)), 0);
    }

    private static PutRequest put(ByteString key) {
        return PutRequest.newBuilder().setKey(key).setValue(value()).build();
    }

    Supplier<byte[]> gets() {
        return anywhere(RangeRequest.newBuilder().setKey(key(0)).build(), 0);
    }

    /// 100 keys beside each other.
    Supplier<byte[]> ranges() {
        RangeRequest range =
                RangeRequest.newBuilder().setKey(key(0)).setRangeEnd(key(100)).build();
        var template = new Template(range);
        var random = new Random(7);
        return () -> {
            int first = random.nextInt(keys - 100);
            return template.with(first, first + 100);
        };
    }

    /// If the key is there, put it.
    Supplier<byte[]> txns() {
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(key(0))
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.GREATER)
                        .setCreateRevision(0))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put(key(0))))
                .build();
        var template = new Template(txn);
        var random = new Random(8);
        return () -> {
            int key = random.nextInt(keys);
            return template.with(key, key);
        };
    }

    static Supplier<byte[]> keepAlives(long lease) {
        byte[] request = LeaseKeepAliveRequest.newBuilder().setID(lease).build().toByteArray();
        return () -> request;
    }

    private Supplier<byte[]> anywhere(MessageLite message, int seed) {
        var template = new Template(message);
        var random = new Random(seed);
        return () -> template.with(random.nextInt(keys));
    }

    /// An encoded message and where in it the numbers of keys are.
    private static final class Template {
        private final byte[] bytes;
        private final int[] digits;

        Template(MessageLite message) {
            bytes = message.toByteArray();
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            digits = java.util.stream.IntStream.iterate(
                            text.indexOf("key/"), at -> at >= 0, at -> text.indexOf("key/", at + 1))
                    .map(at -> at + 4)
                    .toArray();
        }

        byte[] with(int... numbers) {
            for (int i = 0; i < digits.length; i++) {
                int rest = numbers[i];
                for (int digit = 7; digit >= 0; digit--) {
                    bytes[digits[i] + digit] = (byte) ('0' + rest % 10);
                    rest /= 10;
                }
            }
            return bytes;
        }
    }
}
