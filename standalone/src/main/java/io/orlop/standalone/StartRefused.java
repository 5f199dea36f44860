package io.orlop.standalone;

/// Why the demo does not start, in one line for the user.
final class StartRefused extends RuntimeException {
    StartRefused(String why) {
        super(why);
    }
}
