package io.orlop.standalone.kernel;

import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Boots a guest for a test. Where the machine has not what it takes, the test is skipped and says what is missing;
/// with `ORLOP_CI=1`, which `.ci/run` sets after installing all of it, that is a failure.
public final class GuestForTest {
    private GuestForTest() {}

    public static LinuxGuest boot() throws IOException {
        return switch (GuestParts.find()) {
            case GuestParts.Found found -> LinuxGuest.boot(found);
            case GuestParts.Missing missing -> {
                if ("1".equals(System.getenv("ORLOP_CI"))) Assertions.fail(missing.toString());
                System.out.println("SKIPPED: " + missing);
                yield Assumptions.abort(missing.toString());
            }
        };
    }
}
