package io.orlop.store.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Words, and options as `--name value` or `--name=value`.
record Arguments(List<String> words, Map<String, String> options) {
    static Arguments parse(List<String> arguments, Set<String> known) {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new TreeMap<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!known.contains(name))
                throw new IllegalArgumentException("unknown option " + name + "; there are " + known);
            if (equals < 0 && !rest.hasNext()) throw new IllegalArgumentException(name + " needs a value");
            options.put(name, equals < 0 ? rest.next() : argument.substring(equals + 1));
        }
        return new Arguments(words, options);
    }

    String option(String name) {
        String value = options.get(name);
        if (value == null) throw new IllegalArgumentException("give " + name);
        return value;
    }

    String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    long number(String name, long otherwise) {
        try {
            return has(name) ? Long.parseLong(option(name)) : otherwise;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " " + option(name) + ": give a whole number", e);
        }
    }

    Path path(String name) {
        return Path.of(option(name));
    }

    List<Path> files() {
        return words.stream().map(Path::of).toList();
    }
}
