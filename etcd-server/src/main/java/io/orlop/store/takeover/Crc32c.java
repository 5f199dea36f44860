package io.orlop.store.takeover;

import com.google.protobuf.ByteString;

/// CRC32C that goes on from any value. Java's own begins at zero, and a write-ahead log whose first files were removed
/// does not.
final class Crc32c {
    private static final int POLYNOMIAL = 0x82f63b78;
    private static final int[] TABLE = table();

    private int value;

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int rest = i;
            for (int bit = 0; bit < 8; bit++) rest = rest >>> 1 ^ ((rest & 1) == 0 ? 0 : POLYNOMIAL);
            table[i] = rest;
        }
        return table;
    }

    int value() {
        return value;
    }

    void goOnFrom(int known) {
        value = known;
    }

    void update(ByteString bytes) {
        int rest = ~value;
        for (int i = 0; i < bytes.size(); i++) rest = rest >>> 8 ^ TABLE[(rest ^ bytes.byteAt(i)) & 0xff];
        value = ~rest;
    }
}
