package io.orlop.standalone.kernel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive in the form that the kernel unpacks as its first file system: cpio "newc", uncompressed, because
/// copying 20 MiB is cheaper for an emulated processor than inflating 8.
///
/// ```
/// "070701" | 13 fields of 8 hex digits: inode, mode, uid, gid, links, time, size, 4 device numbers, name size, 0
/// name, NUL, zeros up to a multiple of 4 | content, zeros up to a multiple of 4 | … | an entry named TRAILER!!!
/// ```
final class Cpio implements AutoCloseable {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;
    private static final int LINK = 0120777;

    private final OutputStream out;
    private int inode = 1;

    Cpio(OutputStream out) {
        this.out = out;
    }

    void directory(String name) throws IOException {
        entry(name, DIRECTORY, new byte[0]);
    }

    void file(String name, byte[] content) throws IOException {
        entry(name, PROGRAM, content);
    }

    void link(String name, String target) throws IOException {
        entry(name, LINK, target.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        entry("TRAILER!!!", 0, new byte[0]);
        out.close();
    }

    private void entry(String name, int mode, byte[] content) throws IOException {
        byte[] path = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int[] fields = {inode++, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0};
        var header = new StringBuilder("070701");
        for (int field : fields) header.append("%08X".formatted(field));
        out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
        padded(path, header.length());
        padded(content, 0);
    }

    private void padded(byte[] bytes, int before) throws IOException {
        out.write(bytes);
        out.write(new byte[-(before + bytes.length) & 3]);
    }
}
