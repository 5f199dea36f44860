package io.orlop.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedHostTest {
    private static final AllowedHost NODE = new AllowedHost("nqn.node", List.of("10.0.0.1", "fd00::1"));

    @Test
    void aHostIsLetInByNameAndFromItsAddress() {
        var allowed = List.of(NODE, AllowedHost.fromAnywhere("nqn.host"));
        assertThat(AllowedHost.among(allowed, "nqn.node", at("10.0.0.1"))).isTrue();
        assertThat(AllowedHost.among(allowed, "nqn.node", at("fd00::1"))).isTrue();
        assertThat(AllowedHost.among(allowed, "nqn.node", at("::ffff:10.0.0.1")))
                .as("as a socket of both families sees it")
                .isTrue();
        assertThat(AllowedHost.among(allowed, "nqn.node", at("10.0.0.2"))).isFalse();
        assertThat(AllowedHost.among(allowed, "nqn.host", at("10.0.0.2"))).isTrue();
        assertThat(AllowedHost.among(allowed, "nqn.other", at("10.0.0.1"))).isFalse();
        assertThat(AllowedHost.among(List.of(), "nqn.other", at("10.0.0.2"))).isTrue();
    }

    /// In the store, in a pool's metadata and on the wire it is a text; without addresses the one that was there
    /// before.
    @Test
    void itsTextIsReadAsItWasWritten() {
        for (var host : List.of(NODE, AllowedHost.fromAnywhere("nqn.host"), AllowedHost.fromAnywhere("nqn.a@b"))) {
            assertThat(AllowedHost.of(host.toString())).isEqualTo(host);
        }
        assertThat(AllowedHost.fromAnywhere("nqn.host")).hasToString("nqn.host");
        assertThat(NODE).hasToString("nqn.node@10.0.0.1,fd00:0:0:0:0:0:0:1");
    }

    @Test
    void anAddressIsNumeric() {
        assertThatThrownBy(() -> new AllowedHost("nqn.node", List.of("localhost")))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("localhost");
    }

    private static InetAddress at(String address) {
        return InetAddress.ofLiteral(address);
    }
}
