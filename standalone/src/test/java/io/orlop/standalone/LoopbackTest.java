package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nobody on another machine reaches a demo unless its user said so: there is no password.
class LoopbackTest {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    /// 127.0.0.1, alone and as an IPv6 address, and ::1, as the kernel writes them.
    private static final Set<String> LOOPBACK = Set.of(
            "0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    private static final String LISTENING = "0A";

    @TempDir
    Path directory;

    @Test
    void everyDoorOfADemoIsOnLoopbackAlone() throws Exception {
        Set<String> before = new TreeSet<>(listening());
        try (var demo = Orlop.start(List.of(
                "--dir=" + directory,
                "--nodes=2",
                "--rest-port=0",
                "--store-port=0",
                "--nvme-port=0",
                "--pool-size=64MiB"))) {
            var opened = new TreeSet<>(listening());
            opened.removeAll(before);
            assertThat(opened).anyMatch(door -> door.endsWith(":%04X".formatted(demo.restPort())));
            // REST, the store, and of each node its API and its target.
            assertThat(opened).hasSizeGreaterThanOrEqualTo(6);
            assertThat(opened)
                    .allSatisfy(door -> assertThat(LOOPBACK).contains(door.substring(0, door.indexOf(':'))));
        }
    }

    /// `address:port` of each TCP socket of this process that listens, in hexadecimal.
    private static List<String> listening() throws IOException {
        Set<String> ours = sockets();
        var found = new ArrayList<String>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[3].equals(LISTENING) && ours.contains(columns[9])) found.add(columns[1]);
            }
        }
        return found;
    }

    private static Set<String> sockets() throws IOException {
        var inodes = new TreeSet<String>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    Matcher socket = SOCKET.matcher(
                            Files.readSymbolicLink(descriptor).toString());
                    if (socket.matches()) inodes.add(socket.group(1));
                } catch (NoSuchFileException closedMeanwhile) {
                    // Nobody listens there.
                }
            }
        }
        return inodes;
    }
}
