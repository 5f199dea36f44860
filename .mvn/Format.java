import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Formats every Java source below a folder (`apply`), or fails naming those that are not formatted (`check`).
/// Run by Maven in the toolchain's JVM, because a formatter parses with the javac it runs on.
public final class Format {
    private static final int WIDTH = 120;
    private static final Pattern COMMENT = Pattern.compile(" *///? +");

    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("apply");
        Path root = Path.of(args[1]);
        var formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build());
        List<Path> sources;
        try (var tree = Files.walk(root)) {
            sources = tree.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().contains("/target/") && !path.toString().contains("/.mvn/"))
                    .sorted()
                    .toList();
        }
        var unformatted = new ArrayList<Path>();
        for (Path source : sources) {
            String text = Files.readString(source);
            String formatted;
            try {
                formatted = formatter.formatSourceAndFixImports(wrapped(text));
            } catch (FormatterException failure) {
                throw new IllegalStateException("the formatter cannot read " + root.relativize(source), failure);
            }
            if (formatted.equals(text)) continue;
            unformatted.add(root.relativize(source));
            if (apply) Files.writeString(source, formatted);
        }
        if (apply) {
            System.out.println("formatted " + unformatted.size() + " of " + sources.size() + " sources");
        } else if (!unformatted.isEmpty()) {
            System.err.println("not formatted (./orlop fmt mends it): " + unformatted);
            System.exit(1);
        }
    }

    /// Breaks comment lines that are too long. The formatter would break them, too, but would leave the second half
    /// without its slashes.
    private static String wrapped(String text) {
        var lines = new ArrayList<String>();
        for (String line : text.split("\n", -1)) {
            var comment = COMMENT.matcher(line);
            String prefix = comment.lookingAt() ? comment.group() : "";
            while (!prefix.isEmpty() && line.length() > WIDTH) {
                int space = line.lastIndexOf(' ', WIDTH);
                if (space <= prefix.length()) break;
                lines.add(line.substring(0, space));
                line = prefix + line.substring(space + 1);
            }
            lines.add(line);
        }
        return String.join("\n", lines);
    }
}
