package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartChecksTest {
    @Test
    void aTakenPortIsNamedWithItsOption() throws Exception {
        try (var taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            refused(
                    "port " + port + " is taken: stop what listens there, or give another --rest-port",
                    "--rest-port",
                    port);
            refused("give another --nvme-port", "--nvme-port", port);
            refused("give another --store-port", "--store-port", port);
        }
    }

    @Test
    void aStoreThatIsAwayIsNamed() throws Exception {
        int gone;
        try (var probe = new ServerSocket(0)) {
            gone = probe.getLocalPort();
        }
        refused("nothing answers at http://127.0.0.1:" + gone, "--store", "http://127.0.0.1:" + gone);
        refused("give URLs such as", "--store", "etcd");
        refused("which is no URL", "--store", "http://a b:1");
    }

    @Test
    void anAddressNobodyKnowsIsNotAdvertised() {
        refused("nobody knows an address of 'no.such.host.invalid'", "--advertise", "no.such.host.invalid");
    }

    @Test
    void nobodyListensAtAnAddressOfAnotherMachine() {
        refused("this machine has no address '192.0.2.1'", "--listen", "192.0.2.1");
    }

    private static void refused(String words, String... option) {
        var arguments = new ArrayList<>(List.of("--rest-port=0", "--store-port=0", "--nvme-port=0"));
        arguments.addAll(List.of(option));
        assertThatThrownBy(() -> StartChecks.check(DemoOptions.parse(arguments)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining(words);
    }
}
