package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.host.InitiatorOptions;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;

/// Uses a volume with our own initiator. A "file" is a run of blocks whose content follows from its number.
final class UserSpaceHost implements Host {
    private static final int FILE_BYTES = 1 << 20;
    private static final int FILES_PER_ROUND = 8;

    private final UUID hostId = UUID.randomUUID();
    private BlockDevice device;

    @Override
    public void connect(String deviceUri) throws Exception {
        URI uri = URI.create(deviceUri);
        device = NvmeInitiator.connect(
                new InetSocketAddress(uri.getHost(), uri.getPort()),
                uri.getPath().substring(1),
                new io.orlop.dataplane.nvme.wire.Host("nqn.2014-08.org.nvmexpress:uuid:" + hostId, hostId),
                InitiatorOptions.defaults(),
                Ambient.system());
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public void format() {}

    @Override
    public void write(int round) throws Exception {
        for (int file = 0; file < FILES_PER_ROUND; file++) {
            device.write(offset(round, file), content(round, file));
        }
        device.flush();
    }

    @Override
    public void verify(int... rounds) throws Exception {
        for (int round : rounds) {
            for (int file = 0; file < FILES_PER_ROUND; file++) {
                ByteBuffer found = ByteBuffer.allocate(FILE_BYTES);
                device.read(offset(round, file), found);
                assertThat(found.flip()).as("file %d of round %d", file, round).isEqualTo(content(round, file));
            }
        }
    }

    @Override
    public void disconnect() throws Exception {
        device.close();
        device = null;
    }

    @Override
    public void close() throws IOException {
        if (device != null) device.close();
    }

    private static long offset(int round, int file) {
        return (long) (round * FILES_PER_ROUND + file) * FILE_BYTES;
    }

    private static ByteBuffer content(int round, int file) {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(1000L * round + file).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
