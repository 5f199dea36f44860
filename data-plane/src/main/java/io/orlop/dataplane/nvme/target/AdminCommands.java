package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.AdminOpcode;
import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Feature;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Page;
import io.orlop.dataplane.nvme.wire.Property;
import io.orlop.dataplane.nvme.wire.Sgl;
import io.orlop.dataplane.nvme.wire.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a controller does about the commands of its admin queue. All of it is quick, so it is done where it is read.
final class AdminCommands {
    private static final int NOT_ABORTED = 1;
    private static final int ANY_NAMESPACE = 0xFFFF_FFFF;
    /// Queues are counted from zero, submission queues in the lower half, completion queues in the upper.
    private static final int QUEUES_GRANTED = (Limits.IO_QUEUES - 1) | (Limits.IO_QUEUES - 1) << 16;

    private final Controller controller;

    AdminCommands(Controller controller) {
        this.controller = controller;
    }

    Answer execute(Command command) {
        if (command.opcode() == Fabrics.OPCODE) return fabrics(command);
        if (!controller.registers().ready()) return Answer.refused(Status.SEQUENCE_ERROR);
        return switch (AdminOpcode.of(command.opcode())) {
            case null -> Answer.refused(Status.INVALID_OPCODE);
            case IDENTIFY -> fit(identify(command), command, IdentifyPages.BYTES);
            case GET_LOG_PAGE -> logPage(command);
            case SET_FEATURES -> setFeature(command);
            case GET_FEATURES -> getFeature(command);
            case ASYNC_EVENT_REQUEST -> controller.events().request(command.id());
            // By the time an abort is read, what it would abort is with the device.
            case ABORT -> new Answer.Done(NOT_ABORTED);
            case KEEP_ALIVE -> Answer.done();
        };
    }

    private Answer fabrics(Command command) {
        return switch (command.namespace() & 0xFF) {
            case Fabrics.PROPERTY_GET -> propertyGet(command);
            case Fabrics.PROPERTY_SET -> propertySet(command);
            case Fabrics.CONNECT -> Answer.refused(Status.SEQUENCE_ERROR);
            default -> Answer.refused(Status.INVALID_OPCODE);
        };
    }

    private Answer propertyGet(Command command) {
        Property property = Property.of(command.dw11());
        if (property == null || property.wide() != ((command.dw10() & 0x7) == 1)) {
            return Answer.refused(Status.INVALID_FIELD);
        }
        return new Answer.Done(controller.registers().get(property));
    }

    private Answer propertySet(Command command) {
        if (Property.of(command.dw11()) != Property.CONFIGURATION || (command.dw10() & 0x7) != 0) {
            return Answer.refused(Status.INVALID_FIELD);
        }
        controller.configure(command.dw12());
        return Answer.done();
    }

    private Answer identify(Command command) {
        int structure = command.dw10() & 0xFF;
        if (structure == IdentifyPages.CONTROLLER) {
            return new Answer.Data(controller.export().identifyController(controller));
        }
        return controller.export().identify(structure, command.namespace());
    }

    private Answer logPage(Command command) {
        int id = command.dw10() & 0xFF;
        boolean retain = (command.dw10() & 0x8000) != 0;
        long dwords = 1 + ((command.dw10() >>> 16) | (command.dw11() & 0xFFFFL) << 16);
        long offset = (command.dw12() & 0xFFFF_FFFFL) | (long) command.dw13() << 32;
        ByteBuffer page = controller.export().logPage(id, controller);
        if (page == null) return Answer.refused(Status.INVALID_LOG_PAGE);
        if (dwords * 4 > Limits.TRANSFER_BYTES || offset < 0 || offset > page.limit() || offset % 4 != 0) {
            return Answer.refused(Status.INVALID_FIELD);
        }
        if (!retain) controller.events().read(id);
        // What is asked for beyond the page's end reads as zeroes.
        ByteBuffer part = Page.of((int) dwords * 4);
        part.put(0, page, (int) offset, Math.min(part.limit(), page.limit() - (int) offset));
        return fit(new Answer.Data(part), command, part.limit());
    }

    /// The host must have made room for exactly what it asks for.
    private static Answer fit(Answer answer, Command command, int length) {
        if (!(answer instanceof Answer.Data)) return answer;
        if (command.sgl().type() != Sgl.TRANSPORT) return Answer.refused(Status.SGL_TYPE_INVALID);
        return command.sgl().length() == length ? answer : Answer.refused(Status.SGL_LENGTH_INVALID);
    }

    private Answer setFeature(Command command) {
        int feature = command.dw10() & 0xFF;
        int value = command.dw11();
        return switch (feature) {
            case Feature.QUEUES -> {
                boolean asksForTooMany = (value & 0xFFFF) == 0xFFFF || value >>> 16 == 0xFFFF;
                yield asksForTooMany ? Answer.refused(Status.INVALID_FIELD) : new Answer.Done(QUEUES_GRANTED);
            }
            case Feature.ASYNC_EVENTS -> {
                if ((value & ~controller.export().events()) != 0) yield Answer.refused(Status.INVALID_FIELD);
                controller.events().enable(value);
                yield new Answer.Done(value & 0xFFFF_FFFFL);
            }
            case Feature.KEEP_ALIVE -> {
                controller.keepAlive(keepAlive(value));
                yield Answer.done();
            }
            case Feature.HOST_ID -> Answer.refused(Status.SEQUENCE_ERROR);
            default -> controller.features().set(feature, value) ? Answer.done() : Answer.refused(Status.INVALID_FIELD);
        };
    }

    private Answer getFeature(Command command) {
        int feature = command.dw10() & 0xFF;
        return switch (feature) {
            case Feature.QUEUES -> new Answer.Done(QUEUES_GRANTED);
            case Feature.ASYNC_EVENTS -> new Answer.Done(controller.events().enabled() & 0xFFFF_FFFFL);
            case Feature.KEEP_ALIVE -> new Answer.Done(controller.keepAlive().toMillis());
            case Feature.HOST_ID -> fit(new Answer.Data(hostId()), command, 16);
            default -> remembered(controller.features().get(feature));
        };
    }

    private static Answer remembered(@Nullable Integer value) {
        return value == null ? Answer.refused(Status.INVALID_FIELD) : new Answer.Done(value & 0xFFFF_FFFFL);
    }

    private ByteBuffer hostId() {
        ByteBuffer id = ByteBuffer.allocate(16);
        id.putLong(controller.host().id().getMostSignificantBits());
        return id.putLong(controller.host().id().getLeastSignificantBits()).flip();
    }

    /// Milliseconds, rounded up to the second that is our unit.
    static Duration keepAlive(int ms) {
        return Duration.ofSeconds(((ms & 0xFFFF_FFFFL) + 999) / 1000);
    }

    static boolean names(int namespace) {
        return namespace == 1 || namespace == ANY_NAMESPACE;
    }
}
