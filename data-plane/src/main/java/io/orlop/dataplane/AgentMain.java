package io.orlop.dataplane;

import io.orlop.dataplane.agent.AgentApplication;
import io.orlop.wire.spring.ApplicationLife;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.context.ConfigurableApplicationContext;

/// `./orlop agent`: one storage node, alone.
public final class AgentMain {
    private static final String HELP =
            """
            usage: orlop agent --node NAME [options]
                   orlop agent inspect DISK   says what a pool's disk has, from the disk alone
                   orlop agent wipe DISK      says what a disk carries, and how it is made blank
              --node NAME               the node's name in the cluster
              --registration HOST:PORT  where the control plane registers nodes (127.0.0.1:50051)
              --store URLS              where nexuses note which copies are whole (http://127.0.0.1:2379)
              --advertise ADDRESS       put into the URIs of its devices, and where it listens (127.0.0.1)
              --connects-from ADDRESSES where other nodes see it come from, if not from its own addresses: 10.0.0.1,fd00::1
              --listen ADDRESS          where its io-engine API listens instead; 0.0.0.0 for every address
              --grpc-port PORT          io-engine API (10124)
              --grpc-endpoint HOST:PORT where the control plane reaches it, if not at ADDRESS and PORT
              --nvme-port PORT          NVMe/TCP (8420)
              --dir DIR                 files in it are listed as disks
            Anything else is Spring's, as --logging.level.root=debug.""";

    /// Our options and the properties they stand for.
    private static final Map<String, String> OPTIONS = new TreeMap<>(Map.of(
            "--node", "orlop.agent.node",
            "--connects-from", "orlop.agent.connects-from",
            "--registration", "orlop.agent.registration",
            "--store", "orlop.agent.store",
            "--advertise", "orlop.agent.advertise",
            "--listen", "orlop.listen",
            "--grpc-port", "spring.grpc.server.port",
            "--grpc-endpoint", "orlop.agent.grpc-endpoint",
            "--nvme-port", "orlop.agent.nvme-port",
            "--dir", "orlop.agent.dir"));

    private AgentMain() {}

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("wipe")) {
            System.exit(new WipeCommand(System.out, System.err).run(Arrays.copyOfRange(args, 1, args.length)));
        }
        if (args.length > 0 && args[0].equals("inspect")) {
            System.exit(new InspectCommand(System.out, System.err).run(Arrays.copyOfRange(args, 1, args.length)));
        }
        if (List.of(args).contains("--help")) {
            System.out.println(HELP);
            return;
        }
        Optional<String[]> properties = translate(args);
        if (properties.isEmpty()) {
            System.err.println(HELP);
            System.exit(2);
        } else {
            ApplicationLife.lead(AgentApplication.builder(), properties.get());
        }
    }

    /// @throws IllegalArgumentException with the help if the options are not understood
    public static ConfigurableApplicationContext start(String... args) {
        return AgentApplication.builder().run(translate(args).orElseThrow(() -> new IllegalArgumentException(HELP)));
    }

    /// Empty if an option lacks its value, or the node its name.
    static Optional<String[]> translate(String[] args) {
        List<String> properties = new ArrayList<>();
        boolean named = false;
        for (int i = 0; i < args.length; i++) {
            String property = OPTIONS.get(args[i]);
            if (property == null) {
                if (!args[i].contains("=")) return Optional.empty();
                properties.add(args[i]);
            } else {
                if (++i == args.length) return Optional.empty();
                properties.add("--" + property + "=" + args[i]);
            }
            named |= properties.getLast().startsWith("--orlop.agent.node=");
        }
        return named ? Optional.of(properties.toArray(String[]::new)) : Optional.empty();
    }
}
