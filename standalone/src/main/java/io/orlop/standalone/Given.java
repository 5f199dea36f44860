package io.orlop.standalone;

import io.orlop.model.Bytes;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The options of a command line, by name; `--nodes=3` is `--nodes 3`, and the last one counts. Each question throws an
/// [IllegalArgumentException] with a text for the user where what was given is no answer to it.
record Given(Map<String, String> options) {
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([KMGT]?)(?:I?B)?");
    private static final Map<String, Integer> UNITS = Map.of("", 0, "K", 10, "M", 20, "G", 30, "T", 40);

    /// @param names of every option there is
    static Given of(List<String> arguments, Set<String> names) {
        var options = new TreeMap<String, String>();
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (!word.startsWith("--")) throw wrong("'%s' is no option".formatted(word));
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (!names.contains(name)) throw wrong("%s is no option of the demo".formatted(name));
            if (equals < 0 && !words.hasNext()) throw wrong("%s needs a value".formatted(name));
            options.put(name, equals < 0 ? words.next() : word.substring(equals + 1));
        }
        return new Given(options);
    }

    @Nullable
    String text(String name) {
        return options.get(name);
    }

    String text(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    @Nullable
    Path path(String name) {
        String value = options.get(name);
        return value == null ? null : Path.of(value);
    }

    Path path(String name, Path otherwise) {
        Path given = path(name);
        return given == null ? otherwise : given;
    }

    int number(String name, int otherwise, int least, int most) {
        String value = options.get(name);
        if (value == null) return otherwise;
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw wrong("%s is '%s': give a number from %d to %d".formatted(name, value, least, most));
    }

    Bytes size(String name, Bytes otherwise, Bytes least) {
        String value = options.get(name);
        if (value == null) return otherwise;
        Matcher parts = SIZE.matcher(value.toUpperCase(Locale.ROOT));
        Integer unit = UNITS.get(parts.matches() ? parts.group(2) : "none");
        if (unit == null) throw wrong("%s is '%s': give a size such as 512MiB or 2GiB".formatted(name, value));
        Bytes size;
        try {
            size = Bytes.of(Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << unit));
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw wrong("%s is '%s': no disk is that large".formatted(name, value));
        }
        if (!size.atLeast(least)) throw wrong("%s is %s: it has to be at least %s".formatted(name, size, least));
        return size;
    }

    static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + "; ./orlop --help lists the options");
    }
}
