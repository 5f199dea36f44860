package io.orlop.store.etcd;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Status;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyValue;
import io.orlop.store.engine.Budget;
import io.orlop.store.engine.RowSink;
import io.orlop.store.log.StoredPut;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The rows of a range as they go over the wire. They are encoded as they are read, so that a large answer is in memory
/// once: the bytes that the connection sends.
final class EncodedRows implements RowSink {
    private static final int KEY = io.orlop.store.proto.mvccpb.KeyValue.KEY_FIELD_NUMBER;
    private static final int CREATE_REVISION = io.orlop.store.proto.mvccpb.KeyValue.CREATE_REVISION_FIELD_NUMBER;
    private static final int MOD_REVISION = io.orlop.store.proto.mvccpb.KeyValue.MOD_REVISION_FIELD_NUMBER;
    private static final int VERSION = io.orlop.store.proto.mvccpb.KeyValue.VERSION_FIELD_NUMBER;
    private static final int VALUE = io.orlop.store.proto.mvccpb.KeyValue.VALUE_FIELD_NUMBER;
    private static final int LEASE = io.orlop.store.proto.mvccpb.KeyValue.LEASE_FIELD_NUMBER;

    private static final int FIRST_PART_BYTES = 4 << 10;
    private static final int PART_BYTES_MAX = 1 << 20;

    /// What a message may be, and some room for what else is in it.
    private static final long BYTES_MAX = Integer.MAX_VALUE - (64 << 10);

    private final SpareParts spare;
    private final Budget.Share share;
    private final List<ByteBuffer> parts = new ArrayList<>();
    private byte[] part = new byte[0];
    private CodedOutputStream out = CodedOutputStream.newInstance(part);
    private int nextPartBytes;
    private long bytes;

    /// @param share of what all answers under way may take
    EncodedRows(SpareParts spare, Budget.Share share) {
        this.spare = spare;
        this.share = share;
    }

    @Override
    public void begin() {
        share.giveBack();
        parts.clear();
        part = new byte[0];
        out = CodedOutputStream.newInstance(part);
        nextPartBytes = FIRST_PART_BYTES;
        bytes = 0;
    }

    @Override
    public void row(KeyValue row) {
        int length = bytesSize(KEY, row.key().length())
                + numbersSize(row.createRevision(), row.modRevision(), row.version(), row.lease())
                + bytesSize(VALUE, row.value().length());
        open(length);
        try {
            bytes(KEY, row.key().array(), 0, row.key().length());
            numbers(row.createRevision(), row.modRevision(), row.version());
            bytes(VALUE, row.value().array(), 0, row.value().length());
            number(LEASE, row.lease());
        } catch (IOException e) {
            throw longer(e);
        }
    }

    @Override
    public void row(StoredPut row) {
        int length = bytesSize(KEY, row.keyLength())
                + numbersSize(row.createRevision(), row.modRevision(), row.version(), row.lease())
                + bytesSize(VALUE, row.valueLength());
        open(length);
        try {
            bytes(KEY, row.bytes(), row.keyAt(), row.keyLength());
            numbers(row.createRevision(), row.modRevision(), row.version());
            bytes(VALUE, row.bytes(), row.valueAt(), row.valueLength());
            number(LEASE, row.lease());
        } catch (IOException e) {
            throw longer(e);
        }
    }

    private static UncheckedIOException longer(IOException e) {
        return new UncheckedIOException("a row is larger than it said", e);
    }

    /// Begins a row of so many bytes.
    private void open(int length) {
        int size = CodedOutputStream.computeTagSize(RangeResponse.KVS_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(length)
                + length;
        bytes += size;
        if (bytes > BYTES_MAX) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("grpc: trying to send message larger than max (" + bytes + " vs. 2147483647)")
                    .asRuntimeException();
        }
        if (out.spaceLeft() < size) openPart(size);
        try {
            out.writeTag(RangeResponse.KVS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
        } catch (IOException e) {
            throw longer(e);
        }
    }

    @Override
    public void takes(long more) {
        if (!share.tryTake(more)) throw new DeniedException(Denial.TOO_MANY_REQUESTS);
    }

    private void openPart(int atLeast) {
        endPart();
        takes(Math.max(atLeast, nextPartBytes));
        boolean second = nextPartBytes > FIRST_PART_BYTES && nextPartBytes <= SpareParts.PART_BYTES;
        part = second && atLeast <= SpareParts.PART_BYTES ? spare.take() : new byte[Math.max(atLeast, nextPartBytes)];
        out = CodedOutputStream.newInstance(part);
        nextPartBytes = Math.min(2 * Math.max(part.length, nextPartBytes), PART_BYTES_MAX);
    }

    private void endPart() {
        int written = part.length - out.spaceLeft();
        if (written > 0) parts.add(ByteBuffer.wrap(part, 0, written));
    }

    /// As in any message of protobuf, what is 0 or empty is not there.
    private static int numbersSize(long create, long mod, long version, long lease) {
        return numberSize(CREATE_REVISION, create)
                + numberSize(MOD_REVISION, mod)
                + numberSize(VERSION, version)
                + numberSize(LEASE, lease);
    }

    private void numbers(long create, long mod, long version) throws IOException {
        number(CREATE_REVISION, create);
        number(MOD_REVISION, mod);
        number(VERSION, version);
    }

    private static int numberSize(int field, long number) {
        return number == 0 ? 0 : CodedOutputStream.computeInt64Size(field, number);
    }

    private static int bytesSize(int field, int count) {
        return count == 0
                ? 0
                : CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(count) + count;
    }

    private void number(int field, long number) throws IOException {
        if (number != 0) out.writeInt64(field, number);
    }

    private void bytes(int field, byte[] some, int from, int count) throws IOException {
        if (count > 0) out.writeByteArray(field, some, from, count);
    }

    /// The answer: what is said beside the rows, and the rows.
    RangeReply reply(RangeResponse own) {
        endPart();
        return new RangeReply(own, parts, spare, share);
    }
}
