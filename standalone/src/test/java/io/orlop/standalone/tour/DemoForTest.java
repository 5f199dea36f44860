package io.orlop.standalone.tour;

import io.orlop.standalone.Orlop;
import java.nio.file.Path;
import java.util.List;

/// A demo on free ports, in a folder of its own.
final class DemoForTest implements AutoCloseable {
    private final Orlop.Running demo;
    private final Rest rest;

    private DemoForTest(Orlop.Running demo) {
        this.demo = demo;
        this.rest = new Rest(demo.restPort());
    }

    static DemoForTest start(Path directory) throws Exception {
        return new DemoForTest(Orlop.start(List.of(
                "--dir",
                directory.toString(),
                "--rest-port",
                "0",
                "--store-port",
                "0",
                "--nvme-port",
                "0",
                "--pool-size",
                "512MiB")));
    }

    Rest rest() {
        return rest;
    }

    @Override
    public void close() {
        rest.close();
        demo.close();
    }
}
