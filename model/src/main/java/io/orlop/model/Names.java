package io.orlop.model;

import java.util.regex.Pattern;

/// Names become keys of the store and parts of URIs: no slash, no space, nothing that sorts or prints oddly.
final class Names {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,252}");

    private Names() {}

    /// @param noun with its article: `a node`
    static String checked(String noun, String name) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new Refusal.Invalid(
                            "'%s' is not a name for %s".formatted(name, noun),
                            "use letters, digits, '.', '_', ':' and '-', starting with a letter or digit, at most 253"
                                    + " of them")
                    .exception();
        }
        return name;
    }
}
