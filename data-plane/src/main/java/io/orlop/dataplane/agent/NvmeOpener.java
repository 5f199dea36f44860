package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.DeviceOpener;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.host.InitiatorOptions;
import io.orlop.dataplane.nvme.host.NvmeDevice;
import io.orlop.dataplane.nvme.host.NvmeInitiator;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens what other nodes serve: `nvmf+tcp://host[:8420]/nqn[?uuid=…]`.
final class NvmeOpener implements DeviceOpener {
    private static final Pattern FORM =
            Pattern.compile("nvmf(?:\\+tcp)?://([^/:]+)(?::(\\d{1,5}))?/([^?]+)(?:\\?(?:.*&)?uuid=([^&]+).*)?");

    private final Host host;
    private final Network network;
    private final Ambient ambient;

    NvmeOpener(String hostNqn, Network network, Ambient ambient) {
        this.host = new Host(hostNqn, UUID.nameUUIDFromBytes(hostNqn.getBytes(StandardCharsets.UTF_8)));
        this.network = network;
        this.ambient = ambient;
    }

    @Override
    public BlockDevice open(String uri) throws IOException {
        Matcher form = FORM.matcher(uri);
        if (!form.matches()) throw new IOException("it is neither bdev:///name nor nvmf+tcp://host:port/nqn");
        int port = form.group(2) == null ? NvmeTarget.DEFAULT_PORT : Integer.parseInt(form.group(2));
        if (port > 0xffff) throw new IOException("there is no port " + port);
        NvmeDevice device = NvmeInitiator.connect(
                new InetSocketAddress(form.group(1), port),
                form.group(3),
                host,
                InitiatorOptions.defaults(),
                network,
                ambient);
        String uuid = form.group(4);
        if (uuid != null && !uuid.equalsIgnoreCase(device.uuid().toString())) {
            device.close();
            throw new IOException("it serves " + device.uuid() + ", not " + uuid);
        }
        return device;
    }
}
