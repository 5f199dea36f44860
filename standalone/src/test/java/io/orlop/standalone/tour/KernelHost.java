package io.orlop.standalone.tour;

import io.orlop.standalone.kernel.LinuxGuest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// Uses a volume as people do: the Linux kernel's initiator, a file system, files and their checksums.
final class KernelHost implements Host {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final LinuxGuest guest;
    private String nqn = "";
    private boolean formatted;

    KernelHost(LinuxGuest guest) {
        this.guest = guest;
    }

    @Override
    public void connect(String deviceUri) {
        URI uri = URI.create(deviceUri);
        nqn = uri.getPath().substring(1);
        run("nvme connect -t tcp -a %s -s %d -n %s -q %s -I %s"
                .formatted(LinuxGuest.HOST_ADDRESS, uri.getPort(), nqn, LinuxGuest.HOST_NQN, LinuxGuest.HOST_ID));
        run("for i in $(seq 100); do [ -b /dev/nvme0n1 ] && break; sleep 0.1; done; [ -b /dev/nvme0n1 ]");
        if (formatted) mount();
    }

    @Override
    public long size() {
        return 512 * Long.parseLong(run("cat /sys/block/nvme0n1/size").strip());
    }

    @Override
    public void format() {
        run("mkfs.ext4 -q /dev/nvme0n1");
        formatted = true;
        mount();
    }

    @Override
    public void write(int round) {
        run(
                "mkdir -p /mnt/round%1$d && cd /mnt/round%1$d && for f in 1 2 3 4; do dd if=/dev/urandom of=file$f bs=64k count=8"
                                .formatted(round)
                        + " 2>/dev/null; done && sha256sum file* > sums && sync && cd /");
    }

    @Override
    public void verify(int... rounds) {
        run("sync; echo 3 > /proc/sys/vm/drop_caches");
        for (int round : rounds) run("cd /mnt/round%d && sha256sum -c sums && cd /".formatted(round));
    }

    @Override
    public void disconnect() {
        if (formatted) run("umount /mnt");
        run("nvme disconnect -n " + nqn);
    }

    @Override
    public void close() throws IOException {
        guest.close();
    }

    private void mount() {
        run("mount /dev/nvme0n1 /mnt");
    }

    private String run(String command) {
        var answer = guest.run(command, PATIENCE);
        if (answer.exitCode() != 0) throw new AssertionError(command + " failed: " + answer + "\n" + guest.console());
        return answer.output();
    }
}
