package io.orlop.store;

import io.orlop.store.StoreFlag.Treatment;
import java.util.Arrays;
import java.util.stream.Collectors;

/// What `--help` says.
final class StoreHelp {
    private StoreHelp() {}

    static boolean isWanted(String... arguments) {
        return Arrays.stream(arguments)
                .anyMatch(argument -> argument.equals("-h")
                        || argument.replaceFirst("^--?", "-").equals("-help"));
    }

    static String text() {
        StringBuilder text = new StringBuilder(
                """
                Usage: store [flags]        run a store that speaks the etcd v3 API
                       store help           the commands beside that: copies, checks and repairs
                       store --version

                The flags are etcd's. A flag goes before the variable ETCD_<FLAG> of the environment; with
                --config-file FILE nothing else counts.

                """);
        for (StoreFlag flag : StoreFlag.values()) {
            if (flag.treatment != Treatment.HONOURED) continue;
            text.append("  ").append(flag).append(" '").append(flag.usual).append("'\n");
            text.append("        ").append(flag.help).append(".\n");
        }
        text.append("\nRefused unless left as they are, because a single node cannot do what they ask:\n  ")
                .append(words(Treatment.REFUSED))
                .append("\nKnown, and of no effect:\n  ")
                .append(words(Treatment.IGNORED, Treatment.SILENTLY_IGNORED));
        return text.toString();
    }

    private static String words(Treatment... some) {
        return Arrays.stream(StoreFlag.values())
                .filter(flag -> Arrays.asList(some).contains(flag.treatment))
                .map(StoreFlag::toString)
                .collect(Collectors.joining(" "));
    }
}
