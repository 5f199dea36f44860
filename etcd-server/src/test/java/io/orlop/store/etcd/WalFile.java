package io.orlop.store.etcd;

import com.google.protobuf.ByteString;
import io.orlop.store.proto.walpb.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// The first file of an etcd's write-ahead log, for tests that write it anew with something else in it.
///
/// @param size how long the file is, with the zeros at its end
record WalFile(List<Record> records, int size) {
    private static final int CRC = 4;

    static WalFile read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Record> records = new ArrayList<>();
        long head;
        while (bytes.remaining() >= Long.BYTES && (head = bytes.getLong()) != 0) {
            byte[] record = new byte[(int) head];
            bytes.get(record);
            records.add(Record.parseFrom(record));
            bytes.position(bytes.position() + padding(record.length));
        }
        return new WalFile(records, bytes.capacity());
    }

    private static int padding(int length) {
        return -length & 7;
    }

    /// Where the records of a type are.
    List<Integer> placesOf(int type) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).getType() == type) places.add(i);
        }
        return places;
    }

    void change(int type, ByteString data) {
        for (int place : placesOf(type)) {
            records.set(place, records.get(place).toBuilder().setData(data).build());
        }
    }

    void add(int type, ByteString data) {
        records.add(Record.newBuilder().setType(type).setData(data).build());
    }

    /// With the checksums that belong to what it has now.
    void write(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C sum = new CRC32C();
        for (Record record : records) {
            if (record.getType() != CRC) sum.update(record.getData().toByteArray());
            byte[] summed =
                    record.toBuilder().setCrc((int) sum.getValue()).build().toByteArray();
            long padding = padding(summed.length);
            bytes.putLong(padding == 0 ? summed.length : (0x80 | padding) << 56 | summed.length);
            bytes.put(summed);
            bytes.position(bytes.position() + (int) padding);
        }
        Files.write(file, bytes.array());
    }
}
