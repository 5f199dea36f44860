package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What somebody types and what he is told, as it would look in a terminal:
///
/// ```
///   # anything                 a comment
///   $ put a 1 --lease={lease}  a command; what has a name is put in
///   < x                        a line that it reads
///   OK                         a line that it prints; {name} takes what is there, or must be it, and {*} is anything
///   ! Error: no                the last line it complains with, if it fails
///   $~ watch a                 a command that goes on, and is ended once it has said all this
/// ```
final class Transcript {
    private static final Pattern HOLE = Pattern.compile("\\{(\\*|[a-z]+)}");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private record Step(int line, String command, boolean goesOn, List<String> reads, List<String> says) {}

    private final List<Step> steps;
    private final Map<String, String> names = new HashMap<>();

    private Transcript(List<Step> steps) {
        this.steps = steps;
    }

    static Transcript of(String text) {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.startsWith("#")) continue;
            if (line.startsWith("$")) {
                boolean goesOn = line.startsWith("$~");
                String command = line.substring(goesOn ? 3 : 2);
                steps.add(new Step(number, command, goesOn, new ArrayList<>(), new ArrayList<>()));
            } else if (line.startsWith("<")) {
                steps.getLast().reads.add(line.length() < 2 ? "" : line.substring(2));
            } else {
                steps.getLast().says.add(line);
            }
        }
        return new Transcript(steps);
    }

    Transcript knowing(String name, String value) {
        names.put(name, value);
        return this;
    }

    void play(Etcdctl etcdctl) throws IOException, InterruptedException {
        for (Step step : steps) {
            List<String> said = step.goesOn ? overhear(etcdctl, step) : run(etcdctl, step);
            String as = "line " + step.line + ": " + step.command;
            for (int i = 0; i < Math.min(said.size(), step.says.size()); i++) {
                compare(as, step.says.get(i), said.get(i));
            }
            assertThat(said).as(as).hasSameSizeAs(step.says);
        }
    }

    private List<String> run(Etcdctl etcdctl, Step step) throws IOException, InterruptedException {
        Etcdctl.Result result = etcdctl.run(step.reads, words(step.command));
        List<String> said = new ArrayList<>(result.said().lines().toList());
        if (result.exit() != 0) said.add("! " + result.complaint());
        return said;
    }

    private List<String> overhear(Etcdctl etcdctl, Step step) throws IOException, InterruptedException {
        Process process = etcdctl.start(words(step.command));
        try (BufferedReader reader = process.inputReader()) {
            List<String> said = new ArrayList<>();
            String line;
            while (said.size() < step.says.size() && (line = reader.readLine()) != null) said.add(line);
            return said;
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private String[] words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command);
        while (matcher.find()) {
            String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            words.add(HOLE.matcher(word).replaceAll(hole -> Matcher.quoteReplacement(named(hole.group(1)))));
        }
        return words.toArray(String[]::new);
    }

    private String named(String name) {
        String value = names.get(name);
        if (value == null) throw new IllegalStateException("nothing was called " + name + " yet");
        return value;
    }

    private void compare(String as, String expected, String actual) {
        StringBuilder pattern = new StringBuilder();
        List<String> taken = new ArrayList<>();
        Matcher holes = HOLE.matcher(expected);
        int from = 0;
        while (holes.find()) {
            pattern.append(Pattern.quote(expected.substring(from, holes.start())));
            String name = holes.group(1);
            if (name.equals("*")) {
                pattern.append(".*");
            } else if (names.containsKey(name)) {
                pattern.append(Pattern.quote(named(name)));
            } else {
                pattern.append("(\\S+)");
                taken.add(name);
            }
            from = holes.end();
        }
        pattern.append(Pattern.quote(expected.substring(from)));
        assertThat(actual).as(as + "\n  expected " + expected).matches(pattern.toString());
        Matcher matcher = Pattern.compile(pattern.toString()).matcher(actual);
        if (!matcher.matches()) return;
        for (int i = 0; i < taken.size(); i++) names.put(taken.get(i), matcher.group(i + 1));
    }
}
