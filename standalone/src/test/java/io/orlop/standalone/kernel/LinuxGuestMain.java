package io.orlop.standalone.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// A guest to try things by hand: runs the commands given, then those typed (or piped) in, one a line. Needs no build:
///
/// ```
/// cd standalone/src/test/java
/// java io/orlop/standalone/kernel/LinuxGuestMain.java "nvme connect -t tcp -a 10.0.2.2 -s 8420 -n nqn.…" "lsblk"
/// ```
final class LinuxGuestMain {
    private LinuxGuestMain() {}

    public static void main(String[] commands) throws IOException {
        switch (GuestParts.find()) {
            case GuestParts.Missing missing -> System.err.println(missing);
            case GuestParts.Found found -> {
                try (var guest = LinuxGuest.boot(found)) {
                    for (String command : commands) show(guest, command);
                    if (commands.length > 0) return;
                    System.err.println(
                            "The guest is up, the host is " + LinuxGuest.HOST_ADDRESS + "; end with Ctrl-D.");
                    var typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                    for (String line = typed.readLine(); line != null; line = typed.readLine()) show(guest, line);
                }
            }
        }
    }

    private static void show(LinuxGuest guest, String command) {
        System.out.println("# " + command);
        Answer answer = guest.run(command);
        System.out.print(answer.output());
        if (!answer.succeeded()) System.out.println("exit code " + answer.exitCode());
    }
}
