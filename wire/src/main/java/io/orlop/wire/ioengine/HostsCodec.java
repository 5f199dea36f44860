package io.orlop.wire.ioengine;

import io.orlop.model.AllowedHost;
import io.orlop.model.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may connect: the names are in the messages, which every engine understands; where they have to come from is said
/// beside them ([Headers#HOSTS]), and who does not hear it goes by the name.
final class HostsCodec {
    /// What is said beside a message is limited to 8 KiB by whoever hears it.
    private static final int ORIGINS_LENGTH = 7 << 10;

    private HostsCodec() {}

    static List<String> names(List<AllowedHost> hosts) {
        return hosts.stream().map(AllowedHost::nqn).toList();
    }

    /// Null where there is nothing to say.
    static @Nullable String origins(List<AllowedHost> hosts) {
        String said = hosts.stream()
                .filter(host -> !host.addresses().isEmpty())
                .map(AllowedHost::toString)
                .collect(Collectors.joining(" "));
        if (said.length() > ORIGINS_LENGTH) {
            throw new Refusal.Invalid(
                            "%d hosts come from more addresses than can be said at once".formatted(hosts.size()),
                            "let fewer hosts in")
                    .exception();
        }
        return said.isEmpty() ? null : said;
    }

    static List<AllowedHost> hosts(List<String> names, @Nullable String origins) {
        Map<String, AllowedHost> said = new TreeMap<>();
        if (origins != null) {
            for (String one : origins.split(" ")) {
                AllowedHost host = AllowedHost.of(one);
                said.put(host.nqn(), host);
            }
        }
        return names.stream()
                .map(name -> said.getOrDefault(name, AllowedHost.fromAnywhere(name)))
                .toList();
    }
}
