package io.orlop.dataplane;

import io.orlop.dataplane.pool.DiskContent;
import io.orlop.dataplane.pool.PoolReport;
import io.orlop.disk.Disk;
import io.orlop.disk.ReadOnlyDisk;
import io.orlop.model.Bytes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `./orlop agent inspect DISK`: says what a pool's disk has, from the disk alone.
final class InspectCommand {
    private static final String HELP =
            """
            usage: orlop agent inspect DISK [--json]
              DISK    a device or a file, or its URI (aio://…). It is only looked at, also while an agent has it; what
                      an agent changes meanwhile may look like damage: look again""";

    private final PrintStream out;
    private final PrintStream err;

    InspectCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// @return the process's exit code: 0 if the disk carries a pool that is whole
    int run(String... arguments) {
        boolean json = arguments.length == 2 && arguments[1].equals("--json");
        if (arguments.length != 1 && !json || arguments[0].startsWith("-")) {
            err.println(HELP);
            return 2;
        }
        String name = arguments[0].replaceFirst("^aio://", "").replaceFirst("\\?.*$", "");
        try (Disk disk = ReadOnlyDisk.open(Path.of(name))) {
            return tell(disk, name, json);
        } catch (IOException e) {
            err.println("orlop: disk '%s': %s".formatted(name, e.getMessage()));
            return 1;
        }
    }

    private int tell(Disk disk, String name, boolean json) throws IOException {
        var report = PoolReport.of(disk);
        if (report.isEmpty()) {
            err.println("orlop: disk '%s' carries no pool, but %s"
                    .formatted(name, DiskContent.of(disk).what()));
            return 1;
        }
        if (json) out.println(JSON.writeValueAsString(report.get()));
        else tell(report.get());
        return 0;
    }

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private void tell(PoolReport report) {
        out.println("pool '%s', %s".formatted(report.pool(), report.uuid()));
        out.println("  %s in clusters of %s; %s free, %s taken by metadata"
                .formatted(
                        Bytes.of(report.size()),
                        Bytes.of(report.clusterSize()),
                        Bytes.of(report.free()),
                        Bytes.of(report.metadata())));
        out.println("  generation %d and %d changes since".formatted(report.generation(), report.changes()));
        if (report.complaint() != null) out.println("  " + report.complaint());
        if (report.doubted()) {
            out.println("  first writes that were not flushed do not count: the memory they lay in is gone");
        }
        for (var replica : report.replicas()) {
            out.println("replica '%s', %s".formatted(replica.name(), replica.uuid()));
            out.println("  %s, %s; %s allocated, %s written"
                    .formatted(
                            replica.thin() ? "thin" : "thick",
                            Bytes.of(replica.size()),
                            Bytes.of(replica.allocated()),
                            Bytes.of(replica.written())));
            if (!replica.entity().isEmpty()) out.println("  a copy of '%s'".formatted(replica.entity()));
            if (replica.shared()) {
                out.println("  shared with "
                        + (replica.hosts().isEmpty() ? "everybody" : String.join(", ", replica.hosts())));
            }
        }
        for (var child : report.children()) {
            out.println("child %s of volume %s: %s, epoch %d, %d dirty segments"
                    .formatted(
                            child.child(),
                            child.volume(),
                            child.healthy() == null ? "health unknown" : child.healthy() ? "healthy" : "faulted",
                            child.epoch(),
                            child.dirty()));
        }
        for (var reservation : report.reservations()) {
            out.println("reservation of volume %s: type %d, generation %d, %d registrants%s"
                    .formatted(
                            reservation.volume(),
                            reservation.type(),
                            reservation.generation(),
                            reservation.registrants(),
                            reservation.holder().isEmpty() ? "" : ", held by " + reservation.holder()));
        }
        for (String key : report.unknown()) out.println("something of a later version, with the key " + key);
    }
}
