package io.orlop.model;

import java.net.InetAddress;
import java.util.List;

/// A host that may connect to a device: its name, and where it has to come from. Anybody can claim a name; from
/// another's address nobody gets an answer.
///
/// @param addresses numeric, as the device's node sees the host come; empty for anywhere
public record AllowedHost(String nqn, List<String> addresses) {
    public AllowedHost {
        addresses = numeric(addresses);
    }

    /// Each in the one form in which they are compared.
    public static List<String> numeric(List<String> addresses) {
        return addresses.stream().map(AllowedHost::canonical).distinct().toList();
    }

    public static AllowedHost fromAnywhere(String nqn) {
        return new AllowedHost(nqn, List.of());
    }

    public static List<AllowedHost> fromAnywhere(List<String> nqns) {
        return nqns.stream().map(AllowedHost::fromAnywhere).toList();
    }

    /// Whether somebody may connect who calls himself so and comes from there. Where nobody is listed, everybody may.
    public static boolean among(List<AllowedHost> allowed, String nqn, InetAddress from) {
        return allowed.isEmpty() || allowed.stream().anyMatch(host -> host.is(nqn, from));
    }

    private boolean is(String nqn, InetAddress from) {
        return this.nqn.equals(nqn) && (addresses.isEmpty() || addresses.contains(canonical(from)));
    }

    /// Reads what [#toString] wrote. An NQN ends in an address only if something means to say so.
    public static AllowedHost of(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) return fromAnywhere(text);
        try {
            return new AllowedHost(
                    text.substring(0, at), List.of(text.substring(at + 1).split(",")));
        } catch (RefusalException part) {
            return fromAnywhere(text);
        }
    }

    /// `nqn`, or `nqn@10.0.0.1,fd00:0:0:0:0:0:0:1`.
    @Override
    public String toString() {
        return addresses.isEmpty() ? nqn : nqn + "@" + String.join(",", addresses);
    }

    private static String canonical(String address) {
        try {
            return canonical(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            throw new Refusal.Invalid("'%s' is no numeric address".formatted(address), "write 10.0.0.1 or fd00::1")
                    .exception();
        }
    }

    /// Without the zone: it names an interface of whoever wrote it.
    private static String canonical(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
