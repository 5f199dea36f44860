package io.orlop.standalone.tour;

import io.orlop.standalone.kernel.GuestForTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTourTest {
    @TempDir
    Path directory;

    @Test
    void theLinuxKernelWalksTheTour() throws Exception {
        try (var host = new KernelHost(GuestForTest.boot());
                var demo = DemoForTest.start(directory)) {
            new Tour(demo.rest()).walk(host);
        }
    }
}
