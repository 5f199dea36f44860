package io.orlop.wire.agent;

import io.orlop.model.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// In whose time a command is given: `pools@4711`.
///
/// @param office what was led: the last part of the leadership's key, `[a-z0-9-]`, up to 63 characters
/// @param revision the leadership key's create revision in the store; a later leader's is higher
public record Term(String office, long revision) {
    private static final Pattern FORM = Pattern.compile("([a-z0-9-]{1,63})@(\\d{1,18})");

    public Term {
        if (!FORM.matcher(office + "@" + revision).matches()) throw invalid(office + "@" + revision);
    }

    /// Reads what [#toString] wrote.
    public static Term of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) throw invalid(text);
        return new Term(form.group(1), Long.parseLong(form.group(2)));
    }

    private static RuntimeException invalid(String text) {
        return new Refusal.Invalid(
                        "'%s' is no leader's term".formatted(text),
                        "write office@revision, the office in small letters, digits and dashes")
                .exception();
    }

    @Override
    public String toString() {
        return office + "@" + revision;
    }
}
